CREATE TABLE "counts" (
	"key" text PRIMARY KEY NOT NULL,
	"times" integer NOT NULL,
	"until" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"until" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "counts_until" ON "counts" USING btree ("until");--> statement-breakpoint
CREATE INDEX "vote_boxes_open" ON "vote_boxes" USING btree ("meeting_id") WHERE "vote_boxes"."open";