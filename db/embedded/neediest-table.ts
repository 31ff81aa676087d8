/**
 * Asks which table has changed most since it was looked after last, by the measures that PostgreSQL's own autovacuum
 * goes by; none, if each has changed little.
 */
export const neediestTable = `
	select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
	where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup
	order by n_dead_tup + n_mod_since_analyze desc limit 1`;
