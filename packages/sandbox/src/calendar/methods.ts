import type { Shape } from "../http/fields.ts";
import { invalid } from "../http/google-error.ts";
import type { MethodId } from "../oauth/scopes.ts";
import type { Answer, Call } from "./caller.ts";
import { listInstances } from "./events/instances.ts";
import { listEvents } from "./events/list.ts";
import {
	deleteEvent,
	getEvent,
	importEvent,
	insertEvent,
	patchEvent,
	quickAddEvent,
	updateEvent,
} from "./events/methods.ts";
import { moveEvent } from "./events/move.ts";
import { EVENT_SHAPE, EVENTS_SHAPE } from "./shapes.ts";

export interface Method {
	readonly id: MethodId;
	readonly handle: (call: Call) => Answer;
	/** What `fields` may name; null: there is no body. */
	readonly shape: Shape | null;
	/** Quota units. */
	readonly cost: number;
	readonly verb: string;
	/** Behind `/calendar/v3/`; segments in braces are parameters. */
	readonly path: readonly string[];
}

function method(
	id: MethodId,
	verb: string,
	path: string,
	handle: Method["handle"],
	shape: Method["shape"] = null,
): Method {
	// A PATCH costs three units (google.md §4).
	return { id, verb, path: path.split("/"), handle, shape, cost: verb === "PATCH" ? 3 : 1 };
}

const EVENTS = "calendars/{calendarId}/events";
const EVENT = `${EVENTS}/{eventId}`;

const METHODS: readonly Method[] = [
	method("events.list", "GET", EVENTS, listEvents, EVENTS_SHAPE),
	method("events.insert", "POST", EVENTS, insertEvent, EVENT_SHAPE),
	method("events.import", "POST", `${EVENTS}/import`, importEvent, EVENT_SHAPE),
	method("events.quickAdd", "POST", `${EVENTS}/quickAdd`, quickAddEvent, EVENT_SHAPE),
	method("events.get", "GET", EVENT, getEvent, EVENT_SHAPE),
	method("events.patch", "PATCH", EVENT, patchEvent, EVENT_SHAPE),
	method("events.update", "PUT", EVENT, updateEvent, EVENT_SHAPE),
	method("events.delete", "DELETE", EVENT, deleteEvent),
	method("events.instances", "GET", `${EVENT}/instances`, listInstances, EVENTS_SHAPE),
	method("events.move", "POST", `${EVENT}/move`, moveEvent, EVENT_SHAPE),
];

export interface MatchedMethod {
	readonly method: Method;
	readonly params: Readonly<Record<string, string>>;
}

/**
 * @param path behind `/calendar/v3/`, still encoded
 * @throws GoogleError 400 where a segment is not encoded rightly
 */
export function findMethod(verb: string, path: string): MatchedMethod | null {
	const segments = path.split("/").map(decode);
	for (const known of METHODS) {
		const params = known.verb === verb ? match(known.path, segments) : null;
		if (params !== null) return { method: known, params };
	}
	return null;
}

function match(pattern: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> | null {
	if (pattern.length !== segments.length) return null;
	const params: Record<string, string> = {};
	for (const [index, part] of pattern.entries()) {
		const segment = segments[index] ?? "";
		if (part.startsWith("{")) params[part.slice(1, -1)] = segment;
		else if (part !== segment) return null;
	}
	return params;
}

function decode(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw invalid("Bad Request", "badRequest");
	}
}
