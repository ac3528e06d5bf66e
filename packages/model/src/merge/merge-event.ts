import type { CalendarEvent, Participant } from "../event/event.ts";
import { canonicalRecurrence } from "../sync/content.ts";
import { type ElementKind, type Picked, pick, pickElements, same, type ThreeWay, wholeElements } from "./three-way.ts";
import { mergeZones } from "./zones.ts";

export interface MergedEvent {
	readonly event: CalendarEvent;
	/** Names of the API's fields of which a local change was lost. */
	readonly lost: readonly string[];
}

/** Start, end and kind of length change together: the start of one side with the end of the other is nobody's wish. */
export type EventTime = Pick<CalendarEvent, "start" | "end" | "duration_kind">;

export function timeOf({ start, end, duration_kind }: CalendarEvent): EventTime {
	return { start, end, duration_kind };
}

/** Names of the API's fields in which two times differ. */
export function timeFields(before: EventTime, after: EventTime): string[] {
	const names = same(before.start, after.start) ? [] : ["start"];
	if (!same(before.end, after.end) || before.duration_kind !== after.duration_kind) names.push("end");
	return names;
}

/** A guest is the same on all sides by address; what differs is merged by role, response and name. */
const GUESTS: ElementKind<Participant> = {
	key: ({ email }) => email.toLowerCase(),
	merge: (base, local, remote) => {
		let lost = false;
		const part = <Key extends keyof Participant>(key: Key): Participant[Key] => {
			const before = base === undefined ? undefined : base[key];
			const picked = pick<unknown>({ base: before, local: local[key], remote: remote[key] });
			lost ||= picked.lost;
			return picked.value === remote[key] ? remote[key] : local[key];
		};
		const comment = part("comment");
		const value: Participant = {
			email: remote.email,
			name: part("name"),
			response: part("response"),
			optional: part("optional"),
			organizer: part("organizer"),
			self: part("self"),
			...(comment === undefined ? {} : { comment }),
		};
		return { value: same(value, remote) ? remote : value, lost };
	},
};

const REMINDERS = wholeElements<CalendarEvent["reminders"]["overrides"][number]>(
	({ method, minutes }) => `${method} ${minutes}`,
);
const CATEGORIES = wholeElements<string>((category) => category);
const ATTACHMENTS = wholeElements<CalendarEvent["attachments"][number]>(({ url }) => url);

/**
 * Merges one event by field; lists by element, start with end. `base` is null where both sides added it. Where both
 * changed a field, to different values, the remote's is taken. Numbers that nobody sees take no part in conflicts:
 * `sequence` is the higher, `updated_at` the later.
 */
export function mergeEvent(base: CalendarEvent | null, asked: CalendarEvent, remote: CalendarEvent): MergedEvent {
	const local = withConferenceMade(base, asked, remote);
	// That it is made is the provider's doing, and nobody's edit.
	const made = base === null ? null : withConferenceMade(base, base, remote);
	const lost = new Set<string>();
	const sides = <T>(part: (event: CalendarEvent) => T, none: T): ThreeWay<T> => ({
		base: base === null ? none : part(base),
		local: part(local),
		remote: part(remote),
	});
	const taken = <T>(picked: Picked<T>, names: readonly string[]): T => {
		if (picked.lost) for (const name of names) lost.add(name);
		return picked.value;
	};
	const whole = <Key extends keyof CalendarEvent>(key: Key, name: string = key, before = base): CalendarEvent[Key] => {
		// Without a base both sides' values count as changes.
		const view = (event: CalendarEvent): unknown =>
			key === "recurrence" ? canonicalRecurrence(event.recurrence) : event[key];
		const theirs = view(remote);
		const picked = pick<unknown>({ base: before === null ? ABSENT : view(before), local: view(local), remote: theirs });
		if (picked.lost) lost.add(name);
		return picked.value === theirs ? remote[key] : local[key];
	};
	const time = pick<unknown>({
		base: base === null ? ABSENT : timeOf(base),
		local: timeOf(local),
		remote: timeOf(remote),
	});
	if (time.lost) for (const name of timeFields(base ?? remote, local)) lost.add(name);
	const timed = same(time.value, timeOf(remote)) ? remote : local;
	// The provider's name for it, which it may change with any write: what gives way is nobody's edit.
	const link = pick(sides((one) => one.html_link, null));
	const recurrence = whole("recurrence");
	const overrides = pickElements(
		sides((event) => event.reminders.overrides, []),
		REMINDERS,
	);
	const useDefault = pick<unknown>({
		base: base === null ? ABSENT : base.reminders.use_default,
		local: local.reminders.use_default,
		remote: remote.reminders.use_default,
	});
	const event: Omit<CalendarEvent, "custom_zones"> = {
		uid: remote.uid,
		recurrence_id: remote.recurrence_id,
		this_and_future: whole("this_and_future", "recurrence"),
		title: whole("title"),
		description: whole("description"),
		location: whole("location"),
		status: whole("status"),
		start: timed.start,
		end: timed.end,
		duration_kind: timed.duration_kind,
		recurrence,
		participants: taken(
			pickElements(
				sides((one) => one.participants, []),
				GUESTS,
			),
			["participants"],
		),
		reminders: {
			use_default: taken(useDefault, ["reminders"]) === true,
			overrides: taken(overrides, ["reminders"]),
		},
		visibility: whole("visibility"),
		busy: whole("busy"),
		color: whole("color"),
		categories: taken(
			pickElements(
				sides((one) => one.categories, []),
				CATEGORIES,
			),
			["categories"],
		),
		conference: whole("conference", "conference", made),
		attachments: taken(
			pickElements(
				sides((one) => one.attachments, []),
				ATTACHMENTS,
			),
			["attachments"],
		),
		html_link: link.value,
		sequence: Math.max(local.sequence, remote.sequence),
		created_at: remote.created_at ?? local.created_at,
		updated_at: later(local.updated_at, remote.updated_at),
	};
	const zones = mergeZones(base, local, remote, event);
	return { event: zones === undefined ? event : { ...event, custom_zones: zones }, lost: [...lost].sort() };
}

/** A conference that was asked for and is there now is what was wanted. */
export function withConferenceMade(
	base: CalendarEvent | null,
	local: CalendarEvent,
	remote: CalendarEvent,
): CalendarEvent {
	const isMade = remote.conference !== null && !same(remote.conference, base?.conference ?? null);
	return local.conference?.create === true && isMade ? { ...local, conference: remote.conference } : local;
}

/** Equal to no value of a field. */
const ABSENT = { absent: true };

function later(a: string | null, b: string | null): string | null {
	if (a === null || b === null) return a ?? b;
	return a > b ? a : b;
}
