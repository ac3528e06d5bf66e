import { type CalendarEvent, CalendarSyntaxError, parseCalendar, writeCalendar } from "@kalends/model";
import { ProviderFailure } from "../../port/failure.ts";
import { type OutgoingContext, outgoingEvents } from "../../shared/outgoing.ts";
import type { ReadingContext } from "../pull/resource.ts";

export interface ComposeContext extends OutgoingContext {
	readonly reading: ReadingContext;
	/** `C:max-resource-size` (RFC 4791 §5.2.5), octets; null where the server names none. */
	readonly maxResourceSize: number | null;
}

/**
 * The body that a resource is to have: the wanted events, over the body that is there, of which everything stays that
 * no field of an event knows.
 * @param base null for a new resource
 * @throws ProviderFailure `invalid` where the body there cannot be written over without loss, and where the new one is
 * larger than the server accepts
 */
export function composeBody(wanted: readonly CalendarEvent[], base: string | null, context: ComposeContext): string {
	const body = written(wanted, base, context);
	const size = Buffer.byteLength(body);
	if (context.maxResourceSize !== null && size > context.maxResourceSize) {
		throw new ProviderFailure("invalid", {
			reason: "event_too_large",
			message: `the event takes ${size} octets; the server accepts ${context.maxResourceSize}`,
		});
	}
	return body;
}

function written(wanted: readonly CalendarEvent[], base: string | null, context: ComposeContext): string {
	try {
		const before = base === null ? [] : eventsIn(base, context.reading);
		const events = outgoingEvents(before, wanted, context);
		return writeCalendar({ events, base, now: context.now, ownAddress: context.organizer.email });
	} catch (error) {
		if (!(error instanceof CalendarSyntaxError)) throw error;
		throw new ProviderFailure("invalid", {
			reason: "event_refused",
			message: `what the server stores cannot be changed without loss: ${error.message}`,
			cause: error,
		});
	}
}

/** None where the body is no iCalendar. */
export function eventsIn(body: string, reading: ReadingContext): readonly CalendarEvent[] {
	try {
		return parseCalendar(body, reading).groups.flatMap(({ events }) => [...events]);
	} catch (error) {
		if (error instanceof CalendarSyntaxError) return [];
		throw error;
	}
}

/** Does somebody else call this meeting? */
export function isGuestOf(events: readonly CalendarEvent[]): boolean {
	const organizers = events.flatMap(({ participants }) => participants.filter(({ organizer }) => organizer));
	return organizers.length > 0 && organizers.every(({ self }) => !self);
}
