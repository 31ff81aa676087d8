-- The order of the Persian alphabet. The default collation puts پ چ ژ گ last; ICU's own Persian rules put ه before و.
-- Servers before PostgreSQL 16 take no rules.
do $$
begin
	if current_setting('server_version_num')::int >= 160000 then
		execute 'create collation if not exists persian (provider = icu, locale = ''und'', rules = ''& ن < و < ه'')';
	else
		execute 'create collation if not exists persian from "fa-x-icu"';
	end if;
end
$$;
--> statement-breakpoint
-- Updates and states are packed already: compressing them again costs time at every keystroke.
alter table document_updates alter column update set storage external;
--> statement-breakpoint
alter table document_archive alter column update set storage external;
--> statement-breakpoint
alter table document_snapshot_pieces alter column piece set storage external;
--> statement-breakpoint
-- Every append writes this row: room in its page keeps the new version beside the old one, and no index is touched.
alter table documents set (fillfactor = 50);
--> statement-breakpoint
-- What templates bring is written under this client id. It is nobody's.
insert into client_ids (id, person_id) values (1, null);
