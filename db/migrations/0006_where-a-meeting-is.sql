ALTER TABLE "agenda_items" ADD COLUMN "used_ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "point" text;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "point_since" timestamp(3) with time zone;--> statement-breakpoint
UPDATE "meetings" SET
	"point" = (SELECT "id" FROM "agenda_items" WHERE "meeting_id" = "meetings"."id" AND "proposed_by" IS NULL ORDER BY "position" LIMIT 1),
	"point_since" = CASE WHEN "state" = 'live' THEN clock_timestamp() END
WHERE "state" IN ('live', 'closed');
