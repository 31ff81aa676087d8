-- A text as it is searched: what `fold` of realtime/meeting/fold.ts does, in SQL. Whoever changes one changes the other, in a migration that makes the columns anew that follow from it.
create or replace function folded(words text) returns text language sql immutable parallel safe
	return translate(
		lower(normalize(words, NFKC)),
		'يىئېۍكۀةەۂأإآٱؤ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩' || U&'\200b\200c\200d\200e\200f\061c\0640\0670\064b\064c\064d\064e\064f\0650\0651\0652\0653\0654\0655\0656\0657\0658\0659\065a\065b\065c\065d\065e\065f',
		'یییییکههههااااو01234567890123456789'
	);
--> statement-breakpoint
create or replace function person_words(name jsonb, office jsonb, user_name text) returns text language sql immutable parallel safe
	return folded(
		coalesce(name ->> 'fa', '') || ' ' || coalesce(name ->> 'en', '') || ' ' || coalesce(office ->> 'fa', '') || ' ' || coalesce(office ->> 'en', '') || ' ' ||
		coalesce(user_name, '')
	);
--> statement-breakpoint
DROP INDEX "meeting_events_at";--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "words" text GENERATED ALWAYS AS (person_words(name, office, user_name)) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "documents_actions" ON "documents" USING btree ("think_tank_id") WHERE "documents"."kind" = 'actions';--> statement-breakpoint
CREATE INDEX "guests_person" ON "guests" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "late_contributions_document" ON "late_contributions" USING btree ("document_id","person_id");--> statement-breakpoint
CREATE INDEX "meetings_ahead" ON "meetings" USING btree ("think_tank_id","starts_at") WHERE "meetings"."state" in ('live', 'scheduled');--> statement-breakpoint
CREATE INDEX "audit_entries_kind" ON "audit_entries" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "links_purpose" ON "links" USING btree ("purpose","created_at","id");--> statement-breakpoint
CREATE INDEX "links_created_by" ON "links" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "links_person" ON "links" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "people_administrators" ON "people" USING btree ("created_at","id") WHERE "people"."administrator";--> statement-breakpoint
CREATE INDEX "people_by_name" ON "people" USING btree ((coalesce("name" ->> 'fa', "name" ->> 'en') collate persian),"id");--> statement-breakpoint
CREATE INDEX "sessions_expires_at" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "meeting_events_at" ON "meeting_events" USING btree ("meeting_id","at");
--> statement-breakpoint
-- Words are found anywhere in a name by their trigrams. The extension comes with PostgreSQL, but not everywhere, and not everybody may add it: without it a
-- search reads all people.
do $$
begin
	create extension if not exists pg_trgm;
	create index people_words on people using gin (words gin_trgm_ops, mobile gin_trgm_ops, email gin_trgm_ops);
exception when undefined_file or feature_not_supported or insufficient_privilege then
	raise notice 'searches among people read all of them: pg_trgm is not there';
end
$$;
