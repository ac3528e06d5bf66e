import type { CalendarEvent, EditedPlan, Participant } from "@kalends/model";
import { formatInstant } from "@kalends/model";
import type { FieldFault } from "../../http/errors.ts";
import type { Origin } from "../../push/moves.ts";
import type { MovedResource, ResourceSnapshot } from "../../push/types.ts";
import type { WireContext } from "./patch-from-wire.ts";
import type { Place } from "./place.ts";
import type { Scope } from "./plan-change.ts";

export interface Move {
	readonly target: Place;
	readonly can: WireContext["can"];
	/** The person's own addresses in the calendar that the event leaves, lower case. */
	readonly own: ReadonlySet<string>;
	/** The same in the calendar that it goes to. */
	readonly targetOwn: ReadonlySet<string>;
	/** Of the event in its new calendar, and its UID. */
	readonly eventId: string;
	/** What the provider itself is to move; null: it is copied. */
	readonly origin: Origin | null;
	/** Epoch milliseconds. */
	readonly now: number;
}

/**
 * What speaks against a move, by its field.
 * @param target null: there is no such calendar
 */
export function moveFaults(
	{ base, events }: Pick<ResourceSnapshot, "base" | "events">,
	target: Place | null,
	scope: Scope | null,
	own: ReadonlySet<string>,
	can: WireContext["can"],
): readonly FieldFault[] {
	const detail =
		target === null
			? "There is no calendar with this id."
			: base.kind === "override" || (base.kind === "master" && scope !== null && scope !== "all")
				? ONLY_WHOLE
				: events.some((event) => isInvitation(event, own))
					? ONLY_OWN
					: can.cancelsByDeleting && base.event.status === "cancelled"
						? NOT_CANCELLED
						: null;
	return detail === null ? [] : [{ field: "calendar_id", detail }];
}

const ONLY_WHOLE =
	"A series moves to another calendar as a whole: send scope=all, or make an event of its own there and delete this one.";
const NOT_CANCELLED = "In that calendar a cancelled event is a deleted one, so this one cannot go there.";
const ONLY_OWN = "Somebody else organizes this event, so it stays in the calendar that was invited.";

/**
 * What is made in the other calendar: what the provider itself moves stays what it is; else the same content under a UID
 * of its own, as servers allow one only once.
 */
export function movedResource(
	{ connection, resource, calendar }: ResourceSnapshot,
	{ events }: EditedPlan,
	move: Move,
): MovedResource {
	const { target, eventId, can, origin } = move;
	const calendarId = target.calendar.id;
	if (origin !== null) return { calendarId, eventId, events: events ?? [], raw: resource.raw, origin };
	const at = formatInstant(move.now);
	const moved = (events ?? []).map((event): CalendarEvent => {
		const isDefault = event.reminders.use_default && can.keepsDefaultReminders !== true;
		return {
			...event,
			uid: eventId,
			participants: participantsAt(event.participants, move),
			reminders: isDefault ? { use_default: false, overrides: calendar.default_reminders } : event.reminders,
			html_link: null,
			sequence: 0,
			created_at: at,
			updated_at: at,
		};
	});
	const uid = events?.[0]?.uid;
	const isSame = connection.provider === target.connection.provider && resource.raw !== "" && uid !== undefined;
	return { calendarId, eventId, events: moved, raw: isSame ? resource.raw : null };
}

/** The organizer is whoever has the new calendar, and is added where the event is made. */
function participantsAt(participants: readonly Participant[], { own, targetOwn }: Move): readonly Participant[] {
	return participants
		.filter((one) => !(one.organizer && isSelf(one, own)))
		.map((one) => ({ ...one, self: targetOwn.has(one.email.toLowerCase()) }));
}

function isInvitation({ participants }: CalendarEvent, own: ReadonlySet<string>): boolean {
	return participants.some((one) => one.organizer && !isSelf(one, own));
}

function isSelf(one: Participant, own: ReadonlySet<string>): boolean {
	return one.self || own.has(one.email.toLowerCase());
}
