import type { RemoteCalendar, ResourceWriter, WriteContext } from "@kalends/providers";
import { remoteCalendar } from "../calendars/remote-calendar.ts";
import { reachProvider } from "../connections/provider-context.ts";
import { invitationsBy } from "../notify/who-mails.ts";
import type { Services } from "../services.ts";
import { type ClaimedIntent, IntentLost } from "./intent-lease.ts";
import { IS_ONLY_HERE } from "./only-here.ts";
import { personOf } from "./person.ts";
import type { CalendarRow, ConnectionRow, ResourceRow } from "./types.ts";

/** All that is needed to speak with the provider of a claimed intent. */
export interface Scene {
	readonly calendar: CalendarRow;
	readonly connection: ConnectionRow;
	readonly resource: ResourceRow;
	/** The provider has it no more, and it stays here: it was kept, or its deletion waits for a decision. */
	readonly onlyHere: boolean;
	readonly person: WriteContext["person"];
	/** The calendar from which the provider moves what the intent makes; null: none, or it is gone. */
	readonly origin: CalendarRow | null;
}

export interface Stage {
	/** Null where the provider takes no writes. */
	readonly writer: ResourceWriter | null;
	readonly remote: RemoteCalendar;
	readonly context: WriteContext;
	readonly origin: RemoteCalendar | null;
}

/** @throws IntentLost where the intent's resource is no longer there */
export async function loadScene({ db }: Pick<Services, "db">, claimed: ClaimedIntent): Promise<Scene> {
	const { user_id: userId, calendar_id, connection_id, resource_id, move } = claimed;
	const originId = move?.role === "arrives" ? move.calendar_id : null;
	const [calendar, connection, found, person, origin] = await Promise.all([
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
			.selectFrom("resources as r")
			.selectAll("r")
			.select(IS_ONLY_HERE.as("onlyHere"))
			.where("r.user_id", "=", userId)
			.where("r.id", "=", resource_id)
			.executeTakeFirst(),
		personOf(db, userId),
		originId === null
			? undefined
			: db
					.selectFrom("calendars")
					.selectAll()
					.where("user_id", "=", userId)
					.where("id", "=", originId)
					.executeTakeFirst(),
	]);
	if (calendar === undefined || connection === undefined || found === undefined) {
		throw new IntentLost("the resource was removed");
	}
	const { onlyHere, ...resource } = found;
	return { calendar, connection, resource, onlyHere, person, origin: origin ?? null };
}

/** @throws VaultError where the credentials cannot be opened */
export function openStage(services: Services, scene: Scene, signal: AbortSignal): Stage {
	const { calendar, connection, person, origin } = scene;
	const reached = reachProvider(services, connection, { signal });
	const tellsGuests = invitationsBy(services.config, reached.provider, calendar) === "kalends";
	const context: WriteContext = { ...reached.context, person, tellsGuests };
	return {
		writer: reached.provider.writer,
		remote: remoteCalendar(calendar),
		context,
		origin: origin === null ? null : remoteCalendar(origin),
	};
}
