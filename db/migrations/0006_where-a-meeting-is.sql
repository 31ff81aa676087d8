ALTER TABLE "meetings" ADD COLUMN "at_item" text;--> statement-breakpoint
UPDATE "meetings" SET "at_item" = (
	SELECT "id" FROM "agenda_items" WHERE "meeting_id" = "meetings"."id" AND "proposed_by" IS NULL ORDER BY "position" LIMIT 1
) WHERE "state" IN ('live', 'closed');
