import { type CalendarEvent, excludedKeys } from "@kalends/model";
import { ProviderFailure } from "../../port/failure.ts";
import type { ResourceDraft } from "../../port/writer.ts";
import { judgeEvent } from "../exchange.ts";
import { notAccepted, withPrivateProperty } from "../fields/field.ts";
import { UNFINISHED } from "../marks.ts";
import { type GoogleSeries, seriesOf } from "../series.ts";
import { type GoogleEvent, isCancelled } from "../types.ts";
import { CREATE, READ, sendGet, sendInsert, sendReplace } from "./exchange.ts";
import { idOf, insertBody } from "./identity.ts";
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
	let event: GoogleEvent;
	try {
		event = await session.whenAdmitted(async () => {
			const response = await sendInsert(session, calendar.id, body, mailsFor(scope, null, body));
			return await judgeEvent(response, CREATE, session.now());
		});
	} catch (error) {
		if (!(error instanceof ProviderFailure && error.reason === "already_exists")) throw error;
		event = await revive(scope, draft, master, error);
	}
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

/** The id of a deleted event stays taken: such a one is written over. What lives is not touched. */
async function revive(
	scope: WriteScope,
	draft: ResourceDraft,
	master: CalendarEvent,
	refusal: ProviderFailure,
): Promise<GoogleEvent> {
	const { session, calendar, mapping } = scope;
	const response = await sendGet(session, calendar.id, idOf(draft.key));
	if (response.status === 404 || response.status === 410) {
		await response.discard();
		throw refusal;
	}
	const there = await judgeEvent(response, READ, session.now());
	if (!isCancelled(there)) throw refusal;
	const { id: _, ...body } = insertBody(draft.key, master, draft.events.length > 1, null, mapping);
	return await session.whenAdmitted(async () => {
		const replaced = await sendReplace(session, calendar.id, there, body, mailsFor(scope, null, body));
		return await judgeEvent(replaced, CREATE, session.now());
	});
}

function partsOf(events: readonly CalendarEvent[]): {
	readonly master: CalendarEvent;
	readonly overrides: readonly CalendarEvent[];
} {
	const master = events.find(({ recurrence_id }) => recurrence_id === null);
	if (master === undefined) throw notAccepted("single occurrences without their series");
	return { master, overrides: events.filter((event) => event !== master) };
}
