CREATE TABLE "drafts" (
	"item_id" text NOT NULL,
	"person_id" text NOT NULL,
	"meeting_id" text NOT NULL,
	"document_id" text NOT NULL,
	"anonymous" boolean NOT NULL,
	"cards" integer DEFAULT 0 NOT NULL,
	"revealed_seq" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "drafts_item_id_person_id_pk" PRIMARY KEY("item_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "ballots" (
	"vote_id" text NOT NULL,
	"key" text NOT NULL,
	"person_id" text,
	"marks" jsonb NOT NULL,
	CONSTRAINT "ballots_vote_id_key_pk" PRIMARY KEY("vote_id","key")
);
--> statement-breakpoint
CREATE TABLE "vote_boxes" (
	"id" text PRIMARY KEY NOT NULL,
	"meeting_id" text NOT NULL,
	"vote" jsonb NOT NULL,
	"open" boolean DEFAULT true NOT NULL,
	"signing_key" "bytea"
);
--> statement-breakpoint
CREATE TABLE "voters" (
	"vote_id" text NOT NULL,
	"person_id" text NOT NULL,
	"casts" text[] DEFAULT '{}' NOT NULL,
	"signed" text,
	CONSTRAINT "voters_vote_id_person_id_pk" PRIMARY KEY("vote_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "steps" jsonb DEFAULT '[{"id":"open","kind":"open","title":null,"see":true,"edit":true,"held":false,"anonymous":false}]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "step" text;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "reveals" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "timer" jsonb;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "floor" jsonb DEFAULT '{"queue":[],"speaker":null,"seconds":null,"fair":true,"spoken":[]}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "votes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_vote_id_vote_boxes_id_fk" FOREIGN KEY ("vote_id") REFERENCES "public"."vote_boxes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vote_boxes" ADD CONSTRAINT "vote_boxes_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voters" ADD CONSTRAINT "voters_vote_id_vote_boxes_id_fk" FOREIGN KEY ("vote_id") REFERENCES "public"."vote_boxes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voters" ADD CONSTRAINT "voters_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "drafts_document" ON "drafts" USING btree ("document_id");--> statement-breakpoint
CREATE INDEX "drafts_meeting" ON "drafts" USING btree ("meeting_id");--> statement-breakpoint
CREATE INDEX "ballots_person" ON "ballots" USING btree ("person_id");--> statement-breakpoint
UPDATE "agenda_items" SET "step" = 'open'
WHERE "used_ms" > 0 OR "id" IN (SELECT "point" FROM "meetings");
