CREATE TABLE "projection_dead_letters" (
	"document_id" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "projection_dead_letters" ADD CONSTRAINT "projection_dead_letters_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;