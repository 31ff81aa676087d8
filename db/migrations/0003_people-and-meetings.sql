CREATE TABLE "action_changes" (
	"document_id" text NOT NULL,
	"action_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"field" text NOT NULL,
	"before" text,
	"after" text,
	"person_id" text,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "action_changes_document_id_action_id_seq_field_pk" PRIMARY KEY("document_id","action_id","seq","field")
);
--> statement-breakpoint
CREATE TABLE "actions" (
	"document_id" text NOT NULL,
	"action_id" text NOT NULL,
	"think_tank_id" text NOT NULL,
	"what" text NOT NULL,
	"notes" text NOT NULL,
	"person_id" text,
	"office" text,
	"due" text,
	"state" text NOT NULL,
	"place" text NOT NULL,
	"origin_meeting_id" text,
	"origin_document_id" text,
	"origin_card_id" text,
	"author_id" text,
	"deleted" boolean NOT NULL,
	"created_at" timestamp(3) with time zone,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "actions_document_id_action_id_pk" PRIMARY KEY("document_id","action_id")
);
--> statement-breakpoint
CREATE TABLE "attendances" (
	"meeting_id" text NOT NULL,
	"person_id" text NOT NULL,
	"came_at" timestamp(3) with time zone NOT NULL,
	"seen_at" timestamp(3) with time zone NOT NULL,
	"role" text NOT NULL,
	"province" text,
	CONSTRAINT "attendances_meeting_id_person_id_came_at_pk" PRIMARY KEY("meeting_id","person_id","came_at")
);
--> statement-breakpoint
CREATE TABLE "guests" (
	"meeting_id" text NOT NULL,
	"person_id" text NOT NULL,
	"link_digest" text NOT NULL,
	"state" text NOT NULL,
	"asked_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"decided_by" text,
	CONSTRAINT "guests_meeting_id_person_id_pk" PRIMARY KEY("meeting_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "late_contributions" (
	"id" text PRIMARY KEY NOT NULL,
	"meeting_id" text NOT NULL,
	"document_id" text NOT NULL,
	"person_id" text NOT NULL,
	"update" "bytea" NOT NULL,
	"excerpt" text NOT NULL,
	"admitted" boolean,
	"decided_by" text,
	"decided_at" timestamp(3) with time zone,
	"arrived_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meeting_events" (
	"meeting_id" text NOT NULL,
	"version" integer NOT NULL,
	"event" jsonb NOT NULL,
	"command_id" text NOT NULL,
	"actor_id" text,
	"at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "meeting_events_meeting_id_version_pk" PRIMARY KEY("meeting_id","version")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"actor_id" text,
	"subject_id" text,
	"think_tank_id" text,
	"address" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "authenticators" (
	"person_id" text PRIMARY KEY NOT NULL,
	"secret" "bytea" NOT NULL,
	"confirmed_at" timestamp(3) with time zone,
	"last_step" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation_keys" (
	"name" text PRIMARY KEY NOT NULL,
	"key" "bytea" NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"counter" bigint NOT NULL,
	"transports" jsonb NOT NULL,
	"name" text NOT NULL,
	"used_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "passwords" (
	"person_id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"changed_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"person_id" text NOT NULL,
	"digest" text NOT NULL,
	"used_at" timestamp(3) with time zone,
	CONSTRAINT "recovery_codes_person_id_digest_pk" PRIMARY KEY("person_id","digest")
);
--> statement-breakpoint
ALTER TABLE "agenda_items" DROP CONSTRAINT "agenda_items_position";--> statement-breakpoint
ALTER TABLE "mandate_items" DROP CONSTRAINT "mandate_items_position";--> statement-breakpoint
ALTER TABLE "agenda_items" ALTER COLUMN "document_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "owner_id" text;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "columns" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "proposed_by" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "id" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "uses_left" integer;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "used" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "revoked_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "think_tank_id" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "role" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "person_id" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "meeting_id" text;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "approval" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "created_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "mandate_items" ADD COLUMN "progress" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "mandate_items" ADD COLUMN "removed_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "minutes" integer DEFAULT 120 NOT NULL;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "place" text;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "call_link" text;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "opened_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "closed_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "co_facilitators" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "office" jsonb;--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "created_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "user_name" text;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "mobile" text;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "guest" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "deactivated_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "home_seen_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "device" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "seen_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "think_tanks" ADD COLUMN "province" text;--> statement-breakpoint
ALTER TABLE "think_tanks" ADD COLUMN "term_from" text;--> statement-breakpoint
ALTER TABLE "think_tanks" ADD COLUMN "term_to" text;--> statement-breakpoint
ALTER TABLE "think_tanks" ADD COLUMN "archived_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "action_changes" ADD CONSTRAINT "action_changes_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "actions" ADD CONSTRAINT "actions_think_tank_id_think_tanks_id_fk" FOREIGN KEY ("think_tank_id") REFERENCES "public"."think_tanks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "actions" ADD CONSTRAINT "actions_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guests" ADD CONSTRAINT "guests_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guests" ADD CONSTRAINT "guests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_contributions" ADD CONSTRAINT "late_contributions_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_contributions" ADD CONSTRAINT "late_contributions_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_contributions" ADD CONSTRAINT "late_contributions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meeting_events" ADD CONSTRAINT "meeting_events_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authenticators" ADD CONSTRAINT "authenticators_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passwords" ADD CONSTRAINT "passwords_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "actions_person" ON "actions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "actions_think_tank" ON "actions" USING btree ("think_tank_id");--> statement-breakpoint
CREATE INDEX "actions_card" ON "actions" USING btree ("origin_card_id");--> statement-breakpoint
CREATE INDEX "late_contributions_meeting" ON "late_contributions" USING btree ("meeting_id");--> statement-breakpoint
CREATE INDEX "meeting_events_command" ON "meeting_events" USING btree ("command_id");--> statement-breakpoint
CREATE INDEX "meeting_events_at" ON "meeting_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_entries_at" ON "audit_entries" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_entries_think_tank" ON "audit_entries" USING btree ("think_tank_id");--> statement-breakpoint
CREATE INDEX "audit_entries_subject" ON "audit_entries" USING btree ("subject_id","at");--> statement-breakpoint
CREATE INDEX "passkeys_person" ON "passkeys" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agenda_items_meeting" ON "agenda_items" USING btree ("meeting_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "links_id" ON "links" USING btree ("id");--> statement-breakpoint
CREATE INDEX "links_think_tank" ON "links" USING btree ("think_tank_id");--> statement-breakpoint
CREATE INDEX "links_meeting" ON "links" USING btree ("meeting_id");--> statement-breakpoint
CREATE INDEX "mandate_items_think_tank" ON "mandate_items" USING btree ("think_tank_id","position");--> statement-breakpoint
CREATE INDEX "meetings_starts_at" ON "meetings" USING btree ("starts_at");--> statement-breakpoint
CREATE UNIQUE INDEX "people_user_name" ON "people" USING btree ("user_name");--> statement-breakpoint
CREATE UNIQUE INDEX "people_mobile" ON "people" USING btree ("mobile");--> statement-breakpoint
CREATE UNIQUE INDEX "people_email" ON "people" USING btree ("email");