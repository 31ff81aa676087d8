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
ALTER TABLE "drafts" ADD COLUMN "passed_on" boolean;--> statement-breakpoint
ALTER TABLE "recipes" ADD CONSTRAINT "recipes_think_tank_id_think_tanks_id_fk" FOREIGN KEY ("think_tank_id") REFERENCES "public"."think_tanks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
UPDATE "agenda_items" SET "steps" = (SELECT jsonb_agg(step || '{"until":null}' ORDER BY place) FROM jsonb_array_elements("steps") WITH ORDINALITY AS kept (step, place));
