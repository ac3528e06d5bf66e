import { ProviderFailure } from "../../port/failure.ts";
import type { RemoteCalendar } from "../../port/provider.ts";
import { fetchAllEvents } from "../events.ts";
import { judgeEvent } from "../exchange.ts";
import type { MapContext } from "../fields/field.ts";
import { hasGuests } from "../fields/participants.ts";
import { type GoogleSeries, sameSeries } from "../series.ts";
import type { Session } from "../session.ts";
import { type EventBody, type GoogleEvent, isCancelled, isException, isMaster, listOf } from "../types.ts";
import { touchesGuests } from "./body.ts";
import { type Mails, READ, sendGet, sendPatch, UPDATE } from "./exchange.ts";
import { checkAllowed } from "./protect.ts";

/** One calendar, to be written to. */
export interface WriteScope {
	readonly session: Session;
	readonly calendar: RemoteCalendar;
	readonly mapping: MapContext;
	/** The guests of what the account organizes are told by somebody else. */
	readonly tellsGuests: boolean;
}

/** An event as it is now; null where there is none (any more). */
export async function fetchEvent(scope: WriteScope, id: string): Promise<GoogleEvent | null> {
	const event = await fetchStored(scope, id);
	return event === null || isCancelled(event) ? null : event;
}

/** The same, but also what is left of a deleted one, which Google keeps for a while as `cancelled`. */
export async function fetchStored({ session, calendar }: WriteScope, id: string): Promise<GoogleEvent | null> {
	return await session.patiently(async () => {
		const response = await sendGet(session, calendar.id, id);
		if (response.status === 404 || response.status === 410) {
			await response.discard();
			return null;
		}
		return await judgeEvent(response, READ, session.now());
	});
}

/** A resource as it is now: one request for what does not repeat, two for what does. */
export async function fetchSeries(scope: WriteScope, id: string): Promise<GoogleSeries | null> {
	const event = await fetchEvent(scope, id);
	return event === null ? null : await withExceptions(scope, event);
}

export async function withExceptions(scope: WriteScope, event: GoogleEvent): Promise<GoogleSeries> {
	return { event, exceptions: isMaster(event) ? await fetchExceptions(scope, event) : [] };
}

export async function fetchExceptions(
	{ session, calendar }: WriteScope,
	master: GoogleEvent,
): Promise<readonly GoogleEvent[]> {
	const { events } = await fetchAllEvents(session, calendar.id, sameSeries(master));
	return [...events.values()].filter(({ recurringEventId }) => recurringEventId === master.id);
}

/** Patches one event where it is still as it was; the guests are told of what they see. */
export async function patch(scope: WriteScope, event: GoogleEvent, body: EventBody): Promise<GoogleEvent> {
	checkAllowed(event, body);
	const { session, calendar } = scope;
	try {
		return await session.whenAdmitted(async () => {
			const response = await sendPatch(session, calendar.id, event, body, mailsFor(scope, event, body));
			return await judgeEvent(response, UPDATE, session.now());
		});
	} catch (error) {
		if (!isException(event) && (await isGoneInstead(scope, event.id, error))) throw isGone(event.id);
		throw error;
	}
}

/** Google may say of what is deleted that it has changed: whether it did, and the event is gone. */
export async function isGoneInstead(scope: WriteScope, id: string, error: unknown): Promise<boolean> {
	const changed = error instanceof ProviderFailure && error.kind === "precondition_failed";
	return changed && (await fetchEvent(scope, id)) === null;
}

/** Guests before or after are told where they see it. */
export function mailsFor(
	{ tellsGuests }: Pick<WriteScope, "tellsGuests">,
	before: GoogleEvent | null,
	body: EventBody,
): Mails {
	if (tellsGuests && organizes(before)) return "none";
	const invited = listOf(body.attendees).some(({ self }) => self !== true);
	return touchesGuests(body) && (invited || (before !== null && hasGuests(before))) ? "all" : "none";
}

/** Does the account organize this event? Null: it makes a new one. */
export function organizes(event: GoogleEvent | null): boolean {
	return event === null || (event.organizer?.self ?? true);
}

export function changedMeanwhile(what: string): ProviderFailure {
	return new ProviderFailure("precondition_failed", {
		reason: "changed_meanwhile",
		message: `${what} had changed when it was read again`,
	});
}

export function wasDeleted(what: string): ProviderFailure {
	return new ProviderFailure("gone", { reason: "resource_gone", message: `${what} was made, and deleted since` });
}

export function isGone(what: string): ProviderFailure {
	return new ProviderFailure("not_found", { reason: "resource_gone", message: `${what} is not there any more` });
}
