CREATE TABLE "groupings" (
	"document_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"card_id" text NOT NULL,
	"from_group_id" text,
	"to_group_id" text,
	"person_id" text,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "groupings_document_id_seq_card_id_pk" PRIMARY KEY("document_id","seq","card_id")
);
--> statement-breakpoint
ALTER TABLE "groupings" ADD CONSTRAINT "groupings_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;