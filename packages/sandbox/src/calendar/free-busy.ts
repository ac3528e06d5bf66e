import { ianaName } from "@kalends/model";
import { GoogleError, invalid, required } from "../http/google-error.ts";
import { parseInstant } from "../http/query.ts";
import type { JsonObject } from "../json.ts";
import type { Calendar } from "../world/calendar.ts";
import { type EventRecord, sameEmail } from "../world/event-record.ts";
import { type Answer, type Call, openCalendar } from "./caller.ts";
import { numberOf, objectsOf, textOf } from "./events/read-fields.ts";
import { type Range, shownOf, touches } from "./events/series.ts";
import { formatOffset, instantOfTime } from "./events/times.ts";
import { isCancelled } from "./events/view.ts";

const MOST_CALENDARS = 50;
const MOST_INSTANCES = 20_000;

/** https://developers.google.com/calendar/api/v3/reference/freebusy/query */
export function queryFreeBusy(call: Call): Answer {
	const { body } = call;
	const range = readRange(body);
	const zone = ianaName(textOf(body, "timeZone") ?? "UTC");
	if (zone === null) throw invalid("Invalid time zone.");
	const most = numberOf(body, "calendarExpansionMax") ?? MOST_CALENDARS;
	if (most < 1 || most > MOST_CALENDARS) throw invalid("Invalid calendarExpansionMax.");
	const ids = (objectsOf(body, "items") ?? []).map((item) => textOf(item, "id") ?? "");
	const calendars = Object.fromEntries(
		ids.map((id, index) => [id, index < most ? timesOf(call, id, range, zone) : failed("tooManyCalendarsRequested")]),
	);
	const timeMin = formatOffset(range.from, zone);
	return { body: { kind: "calendar#freeBusy", timeMin, timeMax: formatOffset(range.to, zone), calendars } };
}

function readRange(body: JsonObject): Range {
	const [min, max] = [textOf(body, "timeMin"), textOf(body, "timeMax")];
	if (min === undefined || max === undefined) throw required(`Missing ${min === undefined ? "timeMin" : "timeMax"}.`);
	const [from, to] = [parseInstant(min), parseInstant(max)];
	if (from === null || to === null) throw invalid("Bad Request", "badRequest");
	if (to <= from) throw invalid("The specified time range is empty.", "timeRangeEmpty");
	return { from, to };
}

const failed = (reason: string): JsonObject => ({ errors: [{ domain: "global", reason }], busy: [] });

function timesOf(call: Call, id: string, range: Range, zone: string): JsonObject {
	try {
		// Whoever may ask for times may do so for every calendar that the person sees.
		const { calendar } = openCalendar({ ...call, caller: { ...call.caller, scopes: null } }, id);
		const busy = busyTimes(calendar, range).map(({ from, to }) => ({
			start: formatOffset(from, zone),
			end: formatOffset(to, zone),
		}));
		return { busy };
	} catch (error) {
		if (error instanceof GoogleError && error.status === 404) return failed("notFound");
		throw error;
	}
}

/** The times in a range in which a calendar is busy, overlapping ones as one. */
function busyTimes(calendar: Calendar, range: Range): readonly Range[] {
	const zone = calendar.timeZone;
	const times: Range[] = [];
	for (const record of calendar.events.all()) {
		if (isCancelled(record) || record.recurringEventId !== undefined) continue;
		const shown =
			record.recurrence === undefined
				? [record].filter((one) => touches(one, range, zone))
				: shownOf(record, calendar.events, range, zone, MOST_INSTANCES);
		for (const one of shown) {
			const content: EventRecord = { ...record, ...one };
			if (isCancelled(content) || !isBusy(content, calendar)) continue;
			const from = Math.max(range.from, instantOfTime(one.start, zone));
			const to = Math.min(range.to, instantOfTime(one.end, zone));
			if (to > from) times.push({ from, to });
		}
	}
	return merged(times.sort((a, b) => a.from - b.from));
}

function isBusy(record: EventRecord, calendar: Calendar): boolean {
	const own = record.attendees?.find(({ email }) => sameEmail(email, calendar.id));
	return record.transparency !== "transparent" && own?.responseStatus !== "declined";
}

function merged(times: readonly Range[]): readonly Range[] {
	const result: Range[] = [];
	for (const time of times) {
		const last = result.at(-1);
		if (last === undefined || time.from > last.to) result.push(time);
		else result[result.length - 1] = { from: last.from, to: Math.max(last.to, time.to) };
	}
	return result;
}
