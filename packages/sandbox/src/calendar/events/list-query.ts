import { GoogleError, invalid, invalidParameter } from "../../http/google-error.ts";
import type { Query } from "../../http/query.ts";
import type { EventRecord, EventType } from "../../world/event-record.ts";
import type { Call, OpenCalendar } from "../caller.ts";
import { RETENTION, readSyncToken, type SyncToken } from "../tokens.ts";
import { EVENT_TYPES } from "./event-types.ts";
import type { Range } from "./series.ts";

export interface EventsQuery {
	readonly sync: SyncToken | null;
	/** Parameters that a sync token holds fast. */
	readonly same: string;
	readonly singleEvents: boolean;
	readonly showDeleted: boolean;
	/** Null: not asked for. */
	readonly range: Range | null;
	readonly updatedMin: number | null;
	readonly orderBy: "startTime" | "updated" | null;
	readonly matches: (record: EventRecord) => boolean;
	/** Whether the listing is one that a sync token can follow. */
	readonly syncable: boolean;
}

const FORBIDDEN = [
	...[
		"iCalUID",
		"orderBy",
		"privateExtendedProperty",
		"sharedExtendedProperty",
		"q",
		"timeMin",
		"timeMax",
		"updatedMin",
	],
];

/** Listings narrowed by these end without a sync token. */
const NARROWING = FORBIDDEN.filter((name) => name !== "timeMin" && name !== "timeMax");

/** Days beyond which no listing looks: expansion has to end somewhere. */
export const FAR = { past: Date.UTC(1, 0, 1), future: Date.UTC(9990, 0, 1) };

/** @throws GoogleError 400, 410 */
export function readEventsQuery(call: Call, open: OpenCalendar): EventsQuery {
	const { query, world } = call;
	const singleEvents = (query.flag("singleEvents") ?? false) || open.role === "freeBusyReader";
	const types = query.list("eventTypes").map(readType);
	const same = JSON.stringify([singleEvents, [...types].sort(), query.flag("showHiddenInvitations") ?? false]);
	const now = world.clock.now();
	const sync = readSync(query, now, { resource: `events ${open.calendar.id}`, same, oldest: open.calendar.tokensFrom });
	const orderBy = query.choice("orderBy", ["startTime", "updated"] as const);
	if (orderBy === "startTime" && !singleEvents) {
		throw invalid("The requested ordering is not available for the particular query.", "badRequest");
	}
	const updatedMin = query.instant("updatedMin");
	if (updatedMin !== null && updatedMin < now - RETENTION) {
		const message = "The requested minimum modification time lies too far in the past.";
		throw new GoogleError(410, "updatedMinTooLongAgo", message, {
			domain: "calendar",
			locationType: "parameter",
			location: "updatedMin",
		});
	}
	return {
		sync,
		same,
		singleEvents,
		showDeleted: query.flag("showDeleted") ?? false,
		range: readRange(query),
		updatedMin,
		orderBy,
		matches: matcherOf(query, types),
		syncable: !NARROWING.some((name) => query.has(name)),
	};
}

function readSync(
	query: Query,
	now: number,
	wanted: { readonly resource: string; readonly same: string; readonly oldest: number },
): SyncToken | null {
	const text = query.text("syncToken");
	if (text === null) return null;
	const forbidden = FORBIDDEN.find((name) => query.has(name));
	if (forbidden !== undefined) {
		throw new GoogleError(400, "invalidParameter", "Sync token cannot be used with query restrictions.", {
			locationType: "parameter",
			location: forbidden,
		});
	}
	if (query.flag("showDeleted") === false) {
		throw invalidParameter("showDeleted", "Deleted events must be shown when a sync token is used.");
	}
	return readSyncToken(text, now, wanted);
}

export function readRange(query: Query): Range | null {
	const from = query.instant("timeMin");
	const to = query.instant("timeMax");
	if (from === null && to === null) return null;
	if (from !== null && to !== null && to <= from) {
		throw new GoogleError(400, "timeRangeEmpty", "The specified time range is empty.", {
			domain: "calendar",
			locationType: "parameter",
			location: "timeMax",
		});
	}
	return { from: from ?? FAR.past, to: to ?? FAR.future };
}

function readType(text: string): EventType {
	const type = EVENT_TYPES.find((known) => known === text);
	if (type === undefined) throw invalidParameter("eventTypes", `Invalid value: ${text}`);
	return type;
}

function matcherOf(query: Query, types: readonly EventType[]): (record: EventRecord) => boolean {
	const uid = query.text("iCalUID");
	const words = (query.text("q") ?? "")
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== "");
	const ofPrivate = query.list("privateExtendedProperty").map((text) => constraint("privateExtendedProperty", text));
	const ofShared = query.list("sharedExtendedProperty").map((text) => constraint("sharedExtendedProperty", text));
	return (record) =>
		(uid === null || record.iCalUID === uid) &&
		(types.length === 0 || types.includes(record.eventType)) &&
		ofPrivate.every(([name, value]) => record.privateProperties?.[name] === value) &&
		ofShared.every(([name, value]) => record.sharedProperties?.[name] === value) &&
		(words.length === 0 || words.every((word) => textOf(record).includes(word)));
}

function constraint(parameter: string, text: string): readonly [string, string] {
	const at = text.indexOf("=");
	if (at < 1) throw invalidParameter(parameter, `Invalid value: ${text}`);
	return [text.slice(0, at), text.slice(at + 1)];
}

/** What `q` looks through, in lower case. */
function textOf(record: EventRecord): string {
	const people = [record.organizer, ...(record.attendees ?? [])].flatMap(({ email, displayName }) => [
		email,
		displayName,
	]);
	return [record.summary, record.description, record.location, ...people].join("\n").toLowerCase();
}
