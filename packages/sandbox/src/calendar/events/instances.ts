import { deleted, notFound } from "../../http/google-error.ts";
import { parseInstant } from "../../http/query.ts";
import type { EventRecord } from "../../world/event-record.ts";
import { type Answer, type Call, openCalendar } from "../caller.ts";
import { beginListing, cutPage } from "../paging.ts";
import { answerZone } from "./event-call.ts";
import { findEvent } from "./find.ts";
import { instancesIn } from "./list-expanded.ts";
import { FAR, readRange } from "./list-query.ts";
import { touches } from "./series.ts";
import { instantOfTime } from "./times.ts";
import { isCancelled, viewEvent } from "./view.ts";

/** Series without an end are expanded so far ahead (milliseconds). */
const AHEAD = 2 * 366 * 86_400_000;

/** https://developers.google.com/calendar/api/v3/reference/events/instances: exceptions in the place of their slots. */
export function listInstances(call: Call): Answer {
	const { query, world } = call;
	const open = openCalendar(call, call.params.calendarId ?? "");
	const { calendar, role } = open;
	const zone = answerZone(call, open);
	const master = findEvent(calendar, call.params.eventId ?? "");
	const showDeleted = query.flag("showDeleted") ?? false;
	if (master.deletedAt !== undefined && !showDeleted) throw deleted();
	if (master.recurrence === undefined) throw notFound();
	const asked = readRange(query);
	const now = world.clock.now();
	const range = asked ?? { from: FAR.past, to: FAR.future };
	const horizon = Math.max(now, instantOfTime(master.start, zone), range.from) + AHEAD;
	const bounded = { from: range.from, to: Math.min(range.to, horizon) };
	const instances = instancesIn(master, calendar, bounded);
	const ids = new Set(instances.map(({ id }) => id));
	// What was an exception before its slot was lost is no more where the series has the slot again.
	const exceptions = calendar.events
		.exceptionsOf(master.id)
		.filter(
			(one) => !ids.has(one.id) && touches(one, bounded, calendar.timeZone) && (showDeleted || !isCancelled(one)),
		);
	const slot = originalStartOf(query.text("originalStart"), calendar.timeZone);
	const found = [...instances, ...exceptions].filter((one) => slot === null || slot(one));
	const items = found
		.map((item) => ({ key: instantOfTime(item.start, calendar.timeZone), id: item.id, item }))
		.sort((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1));
	const listing = beginListing(call, `instances ${calendar.id} ${master.id}`, { usual: 250, most: 2500 });
	const page = cutPage(world, listing, items);
	const view = {
		...{ calendar, role, zone, origin: world.origin(), deletedDetails: true },
		maxAttendees: query.integer("maxAttendees", { min: 1, max: 2 ** 31 - 1 }),
	};
	return {
		body: {
			kind: "calendar#events",
			etag: master.etag,
			summary: calendar.summary,
			updated: new Date(master.updated).toISOString(),
			timeZone: zone,
			accessRole: role,
			defaultReminders: [],
			nextPageToken: page.nextPageToken,
			items: page.items.map((record) => viewEvent(record, view)),
		},
	};
}

function originalStartOf(text: string | null, zone: string): ((record: EventRecord) => boolean) | null {
	if (text === null) return null;
	const instant = parseInstant(text);
	return ({ originalStartTime: slot }) => {
		if (slot === undefined) return false;
		return "date" in slot ? slot.date === text : instantOfTime(slot, zone) === instant;
	};
}
