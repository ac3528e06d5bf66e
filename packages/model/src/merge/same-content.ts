import type { CalendarEvent } from "../event/event.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { canonicalJson, contentHash } from "../sync/content.ts";
import type { ResourceEvents } from "./lost-edit.ts";

/** The key of an event within its UID: the original start of an override, empty for a single or master. */
export function slotKey(event: CalendarEvent): string {
	return event.recurrence_id === null ? "" : originalStartKey(event.recurrence_id);
}

/**
 * Do two states of a resource say the same? What nobody sees (`sequence`, `created_at`, `updated_at`) does not count,
 * nor does the order of events, of list elements and of recurrence lines: servers sort as they like.
 */
export function sameContent(a: ResourceEvents, b: ResourceEvents): boolean {
	if (a === b) return true;
	if (a === null || b === null) return (a?.length ?? 0) === (b?.length ?? 0);
	if (a.length !== b.length) return false;
	return fingerprint(a) === fingerprint(b);
}

/** As {@link sameContent}, of two events. */
export function sameEvent(a: CalendarEvent, b: CalendarEvent): boolean {
	return a === b || contentHash(sorted(a)) === contentHash(sorted(b));
}

function fingerprint(events: readonly CalendarEvent[]): string {
	return events
		.map((event) => contentHash(sorted(event)))
		.sort()
		.join();
}

function sorted(event: CalendarEvent): CalendarEvent {
	const { use_default, overrides } = event.reminders;
	return {
		...event,
		recurrence: event.recurrence === null ? null : sortedBy(event.recurrence, String),
		participants: sortedBy(
			event.participants.map((one) => ({ ...one, email: one.email.toLowerCase() })),
			({ email }) => email,
		),
		reminders: { use_default, overrides: sortedBy(overrides, canonicalJson) },
		categories: sortedBy(event.categories, String),
		attachments: sortedBy(event.attachments, canonicalJson),
	};
}

function sortedBy<T>(list: readonly T[], keyOf: (element: T) => string): readonly T[] {
	if (list.length < 2) return list;
	return list
		.map((element) => ({ element, key: keyOf(element) }))
		.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
		.map(({ element }) => element);
}
