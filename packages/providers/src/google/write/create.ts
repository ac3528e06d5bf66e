import { type CalendarEvent, excludedKeys } from "@kalends/model";
import type { ResourceDraft } from "../../port/writer.ts";
import { judgeEvent } from "../exchange.ts";
import { notAccepted, withPrivateProperty } from "../fields/field.ts";
import { UNFINISHED } from "../marks.ts";
import { type GoogleSeries, seriesOf } from "../series.ts";
import type { GoogleEvent } from "../types.ts";
import { CREATE, sendInsert } from "./exchange.ts";
import { insertBody } from "./identity.ts";
import { fetchEvent, fetchExceptions, isGone, mailsFor, patch, type WriteScope } from "./scope.ts";
import { readAgain, writeInstances } from "./update.ts";

/**
 * Makes an event, or a series with its exceptions. Those take writes of their own: the master is marked until they are
 * done, so that a creation that was cut off is finished by whoever looks for it.
 */
export async function createSeries(scope: WriteScope, draft: ResourceDraft): Promise<GoogleSeries> {
	const { master, overrides } = partsOf(draft.events);
	const { session, calendar, mapping } = scope;
	const raw = draft.raw === null ? null : (seriesOf(draft.raw)?.event ?? null);
	const body = insertBody(draft.key, master, overrides.length > 0, raw, mapping);
	const event = await session.whenAdmitted(async () => {
		const response = await sendInsert(session, calendar.id, body, mailsFor(scope, null, body));
		return await judgeEvent(response, CREATE, session.now());
	});
	return overrides.length === 0 ? { event, exceptions: [] } : await finish(scope, event, draft.events);
}

/** Writes the exceptions that a new series lacks, and takes the mark away. */
export async function finish(
	scope: WriteScope,
	event: GoogleEvent,
	events: readonly CalendarEvent[],
): Promise<GoogleSeries> {
	const { master, overrides } = partsOf(events);
	const exceptions = await fetchExceptions(scope, event);
	const wishes = { cancelled: new Map(), excluded: excludedKeys(master) };
	await writeInstances(scope, { event, exceptions }, overrides, wishes);
	const now = await fetchEvent(scope, event.id);
	if (now === null) throw isGone(event.id);
	await patch(scope, now, withPrivateProperty(UNFINISHED, null));
	return await readAgain(scope, event.id);
}

function partsOf(events: readonly CalendarEvent[]): {
	readonly master: CalendarEvent;
	readonly overrides: readonly CalendarEvent[];
} {
	const master = events.find(({ recurrence_id }) => recurrence_id === null);
	if (master === undefined) throw notAccepted("single occurrences without their series");
	return { master, overrides: events.filter((event) => event !== master) };
}
