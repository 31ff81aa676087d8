-- Every point of an agenda has a document that is written at it. Their ids are made of digits and letters that ids have.
insert into documents (id, kind, think_tank_id)
select substr(md5(agenda_items.id || ' notes'), 1, 20), 'notes', meetings.think_tank_id
from agenda_items join meetings on meetings.id = agenda_items.meeting_id where agenda_items.document_id is null;
--> statement-breakpoint
update agenda_items set document_id = substr(md5(id || ' notes'), 1, 20) where document_id is null;
