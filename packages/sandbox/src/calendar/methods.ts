import type { Shape } from "../http/fields.ts";
import { invalid } from "../http/google-error.ts";
import type { MethodId } from "../oauth/scopes.ts";
import { deleteAclRule, getAclRule, insertAclRule, listAcl, patchAclRule, updateAclRule } from "./acl.ts";
import {
	deleteListEntry,
	getListEntry,
	insertListEntry,
	listCalendarList,
	patchListEntry,
	updateListEntry,
} from "./calendar-list.ts";
import {
	clearCalendar,
	deleteCalendar,
	getCalendar,
	insertCalendar,
	patchCalendar,
	updateCalendar,
} from "./calendars.ts";
import type { Answer, Call } from "./caller.ts";
import { stopChannel, watchAcl, watchCalendarList, watchEvents, watchSettings } from "./channels.ts";
import { getColors } from "./colors.ts";
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
import { queryFreeBusy } from "./free-busy.ts";
import { getSetting, listSettings } from "./settings.ts";
import {
	ACL_RULE_SHAPE,
	CALENDAR_LIST_ENTRY_SHAPE,
	CALENDAR_SHAPE,
	CHANNEL_SHAPE,
	COLORS_SHAPE,
	EVENT_SHAPE,
	EVENTS_SHAPE,
	FREE_BUSY_SHAPE,
	listShape,
	SETTING_SHAPE,
} from "./shapes.ts";

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

const CALENDAR = "calendars/{calendarId}";
const EVENTS = `${CALENDAR}/events`;
const EVENT = `${EVENTS}/{eventId}`;
const ACL = `${CALENDAR}/acl`;
const RULE = `${ACL}/{ruleId}`;
const LIST = "users/me/calendarList";
const ENTRY = `${LIST}/{calendarId}`;
const SETTINGS = "users/me/settings";

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
	method("events.watch", "POST", `${EVENTS}/watch`, watchEvents, CHANNEL_SHAPE),
	method("calendarList.list", "GET", LIST, listCalendarList, listShape(CALENDAR_LIST_ENTRY_SHAPE)),
	method("calendarList.insert", "POST", LIST, insertListEntry, CALENDAR_LIST_ENTRY_SHAPE),
	method("calendarList.get", "GET", ENTRY, getListEntry, CALENDAR_LIST_ENTRY_SHAPE),
	method("calendarList.patch", "PATCH", ENTRY, patchListEntry, CALENDAR_LIST_ENTRY_SHAPE),
	method("calendarList.update", "PUT", ENTRY, updateListEntry, CALENDAR_LIST_ENTRY_SHAPE),
	method("calendarList.delete", "DELETE", ENTRY, deleteListEntry),
	method("calendarList.watch", "POST", `${LIST}/watch`, watchCalendarList, CHANNEL_SHAPE),
	method("calendars.insert", "POST", "calendars", insertCalendar, CALENDAR_SHAPE),
	method("calendars.get", "GET", CALENDAR, getCalendar, CALENDAR_SHAPE),
	method("calendars.patch", "PATCH", CALENDAR, patchCalendar, CALENDAR_SHAPE),
	method("calendars.update", "PUT", CALENDAR, updateCalendar, CALENDAR_SHAPE),
	method("calendars.delete", "DELETE", CALENDAR, deleteCalendar),
	method("calendars.clear", "POST", `${CALENDAR}/clear`, clearCalendar),
	method("acl.list", "GET", ACL, listAcl, listShape(ACL_RULE_SHAPE)),
	method("acl.insert", "POST", ACL, insertAclRule, ACL_RULE_SHAPE),
	method("acl.watch", "POST", `${ACL}/watch`, watchAcl, CHANNEL_SHAPE),
	method("acl.get", "GET", RULE, getAclRule, ACL_RULE_SHAPE),
	method("acl.patch", "PATCH", RULE, patchAclRule, ACL_RULE_SHAPE),
	method("acl.update", "PUT", RULE, updateAclRule, ACL_RULE_SHAPE),
	method("acl.delete", "DELETE", RULE, deleteAclRule),
	method("freebusy.query", "POST", "freeBusy", queryFreeBusy, FREE_BUSY_SHAPE),
	method("colors.get", "GET", "colors", getColors, COLORS_SHAPE),
	method("settings.list", "GET", SETTINGS, listSettings, listShape(SETTING_SHAPE)),
	method("settings.get", "GET", `${SETTINGS}/{setting}`, getSetting, SETTING_SHAPE),
	method("settings.watch", "POST", `${SETTINGS}/watch`, watchSettings, CHANNEL_SHAPE),
	method("channels.stop", "POST", "channels/stop", stopChannel),
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
