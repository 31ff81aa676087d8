-- What a title is found by: both languages, as `folded` of 0011 makes them.
create or replace function title_words(title jsonb) returns text language sql immutable parallel safe
	return folded(coalesce(title ->> 'fa', '') || ' ' || coalesce(title ->> 'en', ''));
--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "words" text GENERATED ALWAYS AS (folded(text)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD COLUMN "words" text GENERATED ALWAYS AS (title_words(title)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "meetings" ADD COLUMN "words" text GENERATED ALWAYS AS (title_words(title)) STORED NOT NULL;
