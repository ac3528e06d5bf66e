import { type Kysely, sql } from "kysely";

/**
 * Whoever loses access is told to the processes that serve their streams, by the channel of the change feed (changes/notify.ts):
 * sessions and keys end in many ways, also by cascades and by better-auth.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`
		CREATE FUNCTION notify_ended_access() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			PERFORM pg_notify('kalends_changes', user_id) FROM (SELECT DISTINCT user_id FROM ended) AS owners;
			RETURN NULL;
		END $$`.execute(db);
	for (const table of ["api_keys", "sessions"]) {
		await sql`
			CREATE TRIGGER ended_access AFTER DELETE ON ${sql.table(table)} REFERENCING OLD TABLE AS ended
			FOR EACH STATEMENT EXECUTE FUNCTION notify_ended_access()`.execute(db);
	}
	await sql`
		CREATE FUNCTION notify_changed_access() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			PERFORM pg_notify('kalends_changes', OLD.id);
			RETURN NULL;
		END $$`.execute(db);
	await sql`
		CREATE TRIGGER changed_access AFTER UPDATE OF role, banned, ban_expires ON users
		FOR EACH ROW WHEN ((OLD.role, OLD.banned, OLD.ban_expires) IS DISTINCT FROM (NEW.role, NEW.banned, NEW.ban_expires))
		EXECUTE FUNCTION notify_changed_access()`.execute(db);
	await sql`
		CREATE TRIGGER ended_access AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION notify_changed_access()`.execute(
		db,
	);
}
