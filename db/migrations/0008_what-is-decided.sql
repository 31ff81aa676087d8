CREATE TABLE "decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"think_tank_id" text NOT NULL,
	"number" integer NOT NULL,
	"meeting_id" text NOT NULL,
	"item_id" text NOT NULL,
	"document_id" text NOT NULL,
	"wording_id" text NOT NULL,
	"card_id" text,
	"text" text NOT NULL,
	"person_id" text,
	"office" text,
	"due" text,
	"mandate_item_id" text,
	"by" jsonb NOT NULL,
	"adopted_at" timestamp(3) with time zone NOT NULL,
	"withdrawn_at" timestamp(3) with time zone,
	CONSTRAINT "decisions_number" UNIQUE("think_tank_id","number"),
	CONSTRAINT "decisions_responsible" CHECK ("decisions"."person_id" is null or "decisions"."office" is null)
);
--> statement-breakpoint
CREATE TABLE "recipes" (
	"id" text PRIMARY KEY NOT NULL,
	"think_tank_id" text NOT NULL,
	"name" text NOT NULL,
	"surface" text NOT NULL,
	"steps" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "recipes_name" UNIQUE("think_tank_id","surface","name")
);
--> statement-breakpoint
ALTER TABLE "agenda_items" ALTER COLUMN "steps" SET DEFAULT '[{"id":"open","kind":"open","title":null,"see":true,"edit":true,"held":false,"anonymous":false,"until":null}]'::jsonb;--> statement-breakpoint
ALTER TABLE "actions" ADD COLUMN "origin_decision_id" text;--> statement-breakpoint
ALTER TABLE "drafts" ADD COLUMN "passed_on" boolean;--> statement-breakpoint
ALTER TABLE "meeting_events" ADD COLUMN "ended_step" jsonb;--> statement-breakpoint
ALTER TABLE "meeting_events" ADD COLUMN "ended_seq" bigint;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "quorum" jsonb;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_think_tank_id_think_tanks_id_fk" FOREIGN KEY ("think_tank_id") REFERENCES "public"."think_tanks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_mandate_item_id_mandate_items_id_fk" FOREIGN KEY ("mandate_item_id") REFERENCES "public"."mandate_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recipes" ADD CONSTRAINT "recipes_think_tank_id_think_tanks_id_fk" FOREIGN KEY ("think_tank_id") REFERENCES "public"."think_tanks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "decisions_meeting" ON "decisions" USING btree ("meeting_id");--> statement-breakpoint
CREATE INDEX "decisions_card" ON "decisions" USING btree ("card_id");--> statement-breakpoint
CREATE INDEX "actions_decision" ON "actions" USING btree ("origin_decision_id");--> statement-breakpoint
UPDATE "agenda_items" SET "steps" = (SELECT jsonb_agg(step || '{"until":null}' ORDER BY place) FROM jsonb_array_elements("steps") WITH ORDINALITY AS kept (step, place));
