import {
	type CalendarEvent,
	changedFields,
	originalStartKey,
	type Participant,
	plainInstance,
	sameTime,
} from "@kalends/model";

/** What guests see of an event; reminders, colours and the like are the person's own. */
const SEEN_BY_GUESTS = new Set([
	"title",
	"description",
	"location",
	"status",
	"start",
	"end",
	"recurrence",
	"participants",
	"conference",
	"attachments",
]);

/**
 * The addresses that a provider which sends invitations would mail because of a change: the guests of every event that
 * they see change, those who go too; of somebody else's event only its organizer, and only because of an answer.
 *
 * @param before all events of the resource; empty for a new one
 * @param after all events there are instead, a new series included; empty where they go
 * @param own the person's own addresses, lower case
 */
export function mailedAddresses(
	before: readonly CalendarEvent[],
	after: readonly CalendarEvent[],
	own: ReadonlySet<string>,
): readonly string[] {
	const isSelf = (one: Participant) => one.self || own.has(one.email.toLowerCase());
	const mailed = new Map<string, string>();
	const old = new Map(before.map((event) => [keyOf(event), event]));
	const now = new Map(after.map((event) => [keyOf(event), event]));
	const master = before.find(({ recurrence_id }) => recurrence_id === null);
	for (const key of new Set([...old.keys(), ...now.keys()])) {
		const is = now.get(key);
		const was = old.get(key) ?? (master && is ? plainInstance(master, is) : null) ?? undefined;
		const guests = [...(was?.participants ?? []), ...(is?.participants ?? [])];
		const organizer = guests.find((one) => one.organizer);
		const invited = organizer !== undefined && !isSelf(organizer);
		const recipients = invited
			? responseOf(was, isSelf) === responseOf(is, isSelf)
				? []
				: [organizer]
			: guestsSee(was, is)
				? guests.filter((one) => !one.organizer && !isSelf(one) && one.email.includes("@"))
				: [];
		for (const { email } of recipients) if (!mailed.has(email.toLowerCase())) mailed.set(email.toLowerCase(), email);
	}
	return [...mailed.values()].sort();
}

function keyOf({ uid, recurrence_id }: CalendarEvent): string {
	return `${uid} ${recurrence_id === null ? "" : originalStartKey(recurrence_id)}`;
}

/** Does a guest see a difference? Undefined: there is no such event. */
export function guestsSee(was: CalendarEvent | undefined, is: CalendarEvent | undefined): boolean {
	if (was === undefined || is === undefined) return true;
	const retimed = !sameTime(was.start, is.start) || !sameTime(was.end, is.end);
	const fields = changedFields(was, is).filter((field) => SEEN_BY_GUESTS.has(field));
	return fields.some((field) => retimed || (field !== "start" && field !== "end"));
}

/** One who deletes an invitation declines it. */
function responseOf(event: CalendarEvent | undefined, isSelf: (one: Participant) => boolean): string {
	if (event === undefined) return "declined";
	return event.participants.find(isSelf)?.response ?? "needs_action";
}
