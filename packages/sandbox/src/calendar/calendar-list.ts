import { forbidden, invalid, invalidParameter, notFound, required } from "../http/google-error.ts";
import type { JsonObject } from "../json.ts";
import { mergePatch } from "../json.ts";
import type { Account, ListEntry, NotificationSetting } from "../world/account.ts";
import { atLeast, etagOf, isRole } from "../world/calendar.ts";
import { CALENDAR_COLORS } from "../world/colors.ts";
import { listCalendar } from "../world/create-account.ts";
import type { World } from "../world/world.ts";
import { type Answer, type Call, openCalendar, roleIn } from "./caller.ts";
import { checkIfMatch } from "./events/event-call.ts";
import { choiceOf, flagOf, objectOf, objectsOf, textOf } from "./events/read-fields.ts";
import { readReminderList } from "./events/read-guests.ts";
import { beginListing, cutPage, endOfListing } from "./paging.ts";
import { readSyncToken, type SyncToken, writeSyncToken } from "./tokens.ts";

function view(world: World, account: Account, entry: ListEntry): JsonObject {
	const kind = "calendar#calendarListEntry";
	const calendar = world.calendars.get(entry.calendarId);
	const accessRole = calendar === undefined ? null : roleIn(calendar, account);
	if (calendar === undefined || accessRole === null || entry.deleted) {
		return { kind, etag: entry.etag, id: entry.calendarId, deleted: true };
	}
	const { notifications } = entry;
	return {
		kind,
		etag: entry.etag,
		id: entry.calendarId,
		summary: calendar.summary,
		description: calendar.description,
		location: calendar.location,
		timeZone: calendar.timeZone,
		dataOwner: calendar.primary ? undefined : calendar.dataOwner,
		summaryOverride: entry.summaryOverride,
		colorId: entry.colorId,
		backgroundColor: entry.backgroundColor,
		foregroundColor: entry.foregroundColor,
		hidden: entry.hidden || undefined,
		selected: entry.selected || undefined,
		accessRole,
		defaultReminders: entry.defaultReminders.map((reminder) => ({ ...reminder })),
		notificationSettings:
			notifications.length === 0 ? undefined : { notifications: notifications.map((each) => ({ ...each })) },
		primary: calendar.id === account.email || undefined,
		conferenceProperties: calendar.conferenceProperties,
	};
}

function answer({ world, caller }: Call, entry: ListEntry): Answer {
	return { body: view(world, caller.account, entry), etag: entry.etag };
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/list */
export function listCalendarList(call: Call): Answer {
	const { world, caller } = call;
	const { account } = caller;
	const resource = `calendarList ${account.email}`;
	const sync = readSync(call, resource);
	const entries = [...account.list.values()].filter(isListed(call, sync));
	const listing = beginListing(call, resource, { usual: 100, most: 250 });
	const placed = entries
		.map((item) => ({ key: sync === null ? item.order : item.revision, id: item.calendarId, item }))
		.sort((a, b) => a.key - b.key);
	const page = cutPage(world, listing, placed);
	const now = world.clock.now();
	const end = endOfListing(world, page.nextPageToken, () =>
		writeSyncToken({ resource, revision: listing.began, issuedAt: now, same: "" }),
	);
	const items = page.items.map((entry) => view(world, account, entry));
	return { body: { kind: "calendar#calendarList", etag: etagOf(world.revisions.current, now), ...end, items } };
}

function readSync({ query, world, caller }: Call, resource: string): SyncToken | null {
	const text = query.text("syncToken");
	if (text === null) return null;
	for (const name of ["minAccessRole", "showOwnOrganizationOnly"]) {
		if (query.has(name)) throw invalidParameter(name, "Sync token cannot be used with query restrictions.");
	}
	for (const name of ["showDeleted", "showHidden"]) {
		if (query.flag(name) === false) throw invalidParameter(name, `${name} has to be true when a sync token is used.`);
	}
	return readSyncToken(text, world.clock.now(), { resource, same: "", oldest: caller.account.listTokensFrom });
}

function isListed({ query, world, caller }: Call, sync: SyncToken | null): (entry: ListEntry) => boolean {
	const least = query.text("minAccessRole");
	if (least !== null && !isRole(least)) throw invalidParameter("minAccessRole", `Invalid string value: '${least}'.`);
	const [showDeleted, showHidden] = [query.flag("showDeleted") ?? false, query.flag("showHidden") ?? false];
	return (entry) => {
		if (sync !== null) return entry.revision > sync.revision;
		const calendar = world.calendars.get(entry.calendarId);
		const role = calendar === undefined ? null : roleIn(calendar, caller.account);
		const gone = entry.deleted || role === null;
		return (!gone || showDeleted) && (!entry.hidden || showHidden) && (least === null || atLeast(role, least));
	};
}

function findEntry({ caller, params }: Call): ListEntry {
	const { account } = caller;
	const id = params.calendarId ?? "";
	const entry = account.list.get(id === "primary" ? account.email : id);
	if (entry === undefined || entry.deleted) throw notFound();
	return entry;
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/get */
export function getListEntry(call: Call): Answer {
	return answer(call, findEntry(call));
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/insert */
export function insertListEntry(call: Call): Answer {
	const id = textOf(call.body, "id");
	if (id === undefined) throw required("Missing calendar ID.");
	const { calendar } = openCalendar({ ...call, caller: { ...call.caller, scopes: null } }, id);
	const { world, caller } = call;
	return answer(call, listCalendar(world, caller.account, calendar, { ...readEntry(call, call.body), deleted: false }));
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/patch */
export function patchListEntry(call: Call): Answer {
	const entry = findEntry(call);
	return write(call, entry, mergePatch(view(call.world, call.caller.account, entry), call.body));
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/update */
export function updateListEntry(call: Call): Answer {
	return write(call, findEntry(call), call.body);
}

function write(call: Call, entry: ListEntry, body: JsonObject): Answer {
	checkIfMatch(call, entry.etag);
	const { world, caller } = call;
	const calendar = world.calendars.get(entry.calendarId);
	if (calendar === undefined) throw notFound();
	return answer(call, listCalendar(world, caller.account, calendar, readEntry(call, body)));
}

type EntryChanges = Parameters<typeof listCalendar>[3];

/**
 * What a person sees a calendar as, from a whole body. Colours by their numbers unless the client says otherwise, and
 * only where the request itself names them.
 */
function readEntry({ query, body: request }: Call, body: JsonObject): EntryChanges {
	const hidden = flagOf(body, "hidden") ?? false;
	return {
		summaryOverride: textOf(body, "summaryOverride"),
		hidden,
		// What is hidden is not selected.
		selected: !hidden && (flagOf(body, "selected") ?? false),
		defaultReminders: readReminderList(body, "defaultReminders"),
		notifications: readNotifications(body),
		...((query.flag("colorRgbFormat") ?? false) ? readRgb(request) : readColorId(request)),
	};
}

function readColorId(body: JsonObject): EntryChanges {
	const colorId = textOf(body, "colorId");
	if (colorId === undefined) return {};
	const color = Object.hasOwn(CALENDAR_COLORS, colorId) ? CALENDAR_COLORS[colorId] : undefined;
	if (color === undefined) throw invalid("Invalid color ID.");
	return { colorId, backgroundColor: color.background, foregroundColor: color.foreground };
}

function readRgb(body: JsonObject): EntryChanges {
	const colors = [textOf(body, "backgroundColor"), textOf(body, "foregroundColor")];
	if (colors.every((color) => color === undefined)) return {};
	if (colors.some((color) => color === undefined || !/^#[0-9a-f]{6}$/i.test(color))) throw invalid("Invalid color.");
	const [backgroundColor = "", foregroundColor = ""] = colors;
	return { backgroundColor, foregroundColor };
}

const NOTIFICATIONS = ["eventCreation", "eventChange", "eventCancellation", "eventResponse", "agenda"] as const;

function readNotifications(body: JsonObject): readonly NotificationSetting[] {
	const list = objectsOf(objectOf(body, "notificationSettings") ?? {}, "notifications") ?? [];
	return list.map((entry) => {
		const type = choiceOf(entry, "type", NOTIFICATIONS);
		const method = choiceOf(entry, "method", ["email"] as const);
		if (type === undefined || method === undefined) throw required("Missing notification type or method.");
		return { type, method };
	});
}

/** https://developers.google.com/calendar/api/v3/reference/calendarList/delete: out of the list; the calendar stays. */
export function deleteListEntry(call: Call): Answer {
	const entry = findEntry(call);
	const { world, caller } = call;
	const calendar = world.calendars.get(entry.calendarId);
	if (calendar === undefined) throw notFound();
	if (calendar.dataOwner === caller.account.email) throw forbidden("The owner of a calendar cannot remove it.");
	listCalendar(world, caller.account, calendar, { deleted: true });
	return { status: 204 };
}
