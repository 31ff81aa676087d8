CREATE TABLE "document_quarantine" (
	"document_id" text NOT NULL,
	"what" text NOT NULL,
	"seq" bigint NOT NULL,
	"position" integer NOT NULL,
	"reason" text NOT NULL,
	"bytes" "bytea",
	"found_at" timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "document_quarantine_document_id_what_seq_position_pk" PRIMARY KEY("document_id","what","seq","position")
);
--> statement-breakpoint
ALTER TABLE "document_archive" ADD COLUMN "sum" "bytea";--> statement-breakpoint
ALTER TABLE "document_archive" ADD COLUMN "reach" "bytea" DEFAULT ''::bytea NOT NULL;--> statement-breakpoint
ALTER TABLE "document_snapshots" ADD COLUMN "sum" "bytea";--> statement-breakpoint
ALTER TABLE "document_updates" ADD COLUMN "sum" "bytea";--> statement-breakpoint
ALTER TABLE "document_updates" ADD COLUMN "reach" "bytea" DEFAULT ''::bytea NOT NULL;--> statement-breakpoint
ALTER TABLE "document_quarantine" ADD CONSTRAINT "document_quarantine_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- What a row of a log was when it was appended: its place is part of it, so that a row in another's place is found too.
create or replace function log_sum(document_id text, seq bigint, update bytea) returns bytea language sql immutable
	return sha256(convert_to(document_id || ' ' || seq || ' ', 'UTF8') || update);
--> statement-breakpoint
update document_updates set sum = log_sum(document_id, seq, update);
--> statement-breakpoint
update document_archive set sum = log_sum(document_id, seq, update);
--> statement-breakpoint
update document_snapshots s set sum = coalesce(
	(select sha256(string_agg(piece, ''::bytea order by position)) from document_snapshot_pieces p where p.document_id = s.document_id and p.seq = s.seq),
	sha256(''::bytea)
);
--> statement-breakpoint
alter table document_updates alter column sum set not null;
--> statement-breakpoint
alter table document_archive alter column sum set not null;
--> statement-breakpoint
alter table document_snapshots alter column sum set not null;
