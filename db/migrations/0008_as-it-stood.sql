ALTER TABLE "meeting_events" ADD COLUMN "ended_step" jsonb;--> statement-breakpoint
ALTER TABLE "meeting_events" ADD COLUMN "ended_seq" bigint;