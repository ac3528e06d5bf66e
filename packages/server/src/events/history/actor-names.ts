import type { Kysely } from "kysely";
import type { Actor, Database } from "../../db/schema.ts";
import type { ListedVersion } from "./version-records.ts";

/**
 * What those who made these versions are called: the person, the name of one of their API keys, the connection that
 * brought the change. Null for whoever is gone or is somebody else, such as an administrator.
 */
export async function actorNames(
	db: Kysely<Database>,
	userId: string,
	versions: readonly ListedVersion[],
): Promise<(version: ListedVersion) => (actor: Actor) => string | null> {
	const keyIds = versions.flatMap(({ actor }) => (actor.type === "api_key" ? [actor.id] : []));
	const calendarIds = versions.map((version) => version.calendar_id);
	const [user, keys, connections] = await Promise.all([
		db.selectFrom("users").select("name").where("id", "=", userId).executeTakeFirst(),
		keyIds.length === 0
			? []
			: db
					.selectFrom("api_keys")
					.select(["id", "name"])
					.where("user_id", "=", userId)
					.where("id", "in", keyIds)
					.execute(),
		calendarIds.length === 0
			? []
			: db
					.selectFrom("calendars as c")
					.innerJoin("connections as n", (join) =>
						join.onRef("n.user_id", "=", "c.user_id").onRef("n.id", "=", "c.connection_id"),
					)
					.select(["c.id", "n.name"])
					.where("c.user_id", "=", userId)
					.where("c.id", "in", calendarIds)
					.execute(),
	]);
	const keyNames = new Map(keys.map(({ id, name }) => [id, name]));
	const connectionNames = new Map(connections.map(({ id, name }) => [id, name]));
	return (version) => (actor) => {
		if (actor.type === "provider") return connectionNames.get(version.calendar_id) ?? null;
		if (actor.type === "api_key") return keyNames.get(actor.id) ?? null;
		return actor.id === userId ? (user?.name ?? null) : null;
	};
}
