import type { CalendarProvider, HttpTransport, RemoteCalendar, ResourceWriter, WriteContext } from "@kalends/providers";
import { remoteCalendar } from "../calendars/remote-calendar.ts";
import { openCredentials } from "../connections/credentials.ts";
import type { Services } from "../services.ts";
import { type ClaimedIntent, IntentLost } from "./intent-lease.ts";
import { personOf } from "./person.ts";
import type { CalendarRow, ConnectionRow, ResourceRow } from "./types.ts";

/** All that is needed to speak with the provider of a claimed intent. */
export interface Scene {
	readonly calendar: CalendarRow;
	readonly connection: ConnectionRow;
	readonly resource: ResourceRow;
	readonly person: WriteContext["person"];
}

export interface Stage {
	/** Null where the provider takes no writes. */
	readonly writer: ResourceWriter | null;
	readonly remote: RemoteCalendar;
	readonly context: WriteContext;
}

/** @throws IntentLost where the intent's resource is no longer there */
export async function loadScene({ db }: Pick<Services, "db">, claimed: ClaimedIntent): Promise<Scene> {
	const { user_id: userId, calendar_id, connection_id, resource_id } = claimed;
	const [calendar, connection, resource, person] = await Promise.all([
		db
			.selectFrom("calendars")
			.selectAll()
			.where("user_id", "=", userId)
			.where("id", "=", calendar_id)
			.executeTakeFirst(),
		db
			.selectFrom("connections")
			.selectAll()
			.where("user_id", "=", userId)
			.where("id", "=", connection_id)
			.executeTakeFirst(),
		db
			.selectFrom("resources")
			.selectAll()
			.where("user_id", "=", userId)
			.where("id", "=", resource_id)
			.executeTakeFirst(),
		personOf(db, userId),
	]);
	if (calendar === undefined || connection === undefined || resource === undefined) {
		throw new IntentLost("the resource was removed");
	}
	return { calendar, connection, resource, person };
}

/** @throws VaultError where the credentials cannot be opened */
export function openStage(services: Services, scene: Scene, signal: AbortSignal): Stage {
	const { calendar, connection, person } = scene;
	const provider: CalendarProvider | undefined = services.providers.get(connection.provider);
	if (provider === undefined) throw new Error(`there is no provider ${connection.provider}`);
	const http: HttpTransport = services.http;
	const context: WriteContext = {
		http,
		credentials: openCredentials(services.vault, connection),
		settings: connection.settings,
		now: services.now,
		random: services.random,
		signal,
		person,
	};
	return { writer: provider.writer, remote: remoteCalendar(calendar), context };
}
