import type { CalendarEvent, EventDateTime } from "../../event/event.ts";
import { slotKey } from "../../merge/same-content.ts";
import { hasSlot } from "../../merge/series.ts";
import { originalStartKey } from "../../recurrence/keys.ts";
import { event as eventOf } from "../../recurrence/testing/series.ts";
import { addExact, instantOf, utcAt } from "../../time/event-time.ts";
import { DAY, formatInstant, MINUTE, parseBasic, parseLocal, toBasic } from "../../time/wall-clock.ts";
import type { Random } from "./random.ts";

/** What people do to events. Every value that they set is a new one, so that it can be told whose it is. */
export class People {
	private readonly random: Random;
	private count = 0;

	constructor(random: Random) {
		this.random = random;
	}

	/** A new single or series, with overrides at times. */
	make(uid: string): readonly CalendarEvent[] {
		const start = utcAt(FIRST + this.fresh() * MINUTE);
		const recurrence = this.random.chance(0.5) ? ["RRULE:FREQ=DAILY"] : null;
		const guests = this.random.chance(0.3) ? [guest("guest@example.com", this.word("name"))] : [];
		const single = eventOf({ uid, start, title: this.word("title"), recurrence, participants: guests });
		return recurrence !== null && this.random.chance(0.4) ? this.editOccurrence([single]) : [single];
	}

	/** Something other than before; null: the resource is deleted. */
	edit(events: readonly CalendarEvent[]): readonly CalendarEvent[] | null {
		const series = events.some(({ recurrence }) => recurrence !== null);
		const what = this.random.weighted<keyof typeof WEIGHTS>(
			(Object.entries(WEIGHTS) as [keyof typeof WEIGHTS, number][])
				.filter(([name]) => series || SINGLE.has(name))
				.map(([name, weight]) => [weight, name]),
		);
		switch (what) {
			case "occurrence":
				return this.editOccurrence(events);
			case "exclude":
				return this.excludeOccurrence(events);
			case "shift":
				return shift(events, this.fresh());
			case "rule":
				return this.changeRule(events);
			case "single":
				return events
					.filter(({ recurrence_id }) => recurrence_id === null)
					.map((one) => ({ ...one, recurrence: null }));
			case "delete":
				return null;
			default:
				return this.editOne(events, 0);
		}
	}

	/** A guest's answer, which comes in at the provider only. Null where nobody is invited. */
	respond(events: readonly CalendarEvent[]): readonly CalendarEvent[] | null {
		const index = events.findIndex(({ participants }) => participants.length > 0);
		if (index < 0) return null;
		const answers = ["accepted", "declined", "tentative"] as const;
		return events.map((one, at) =>
			at !== index
				? one
				: {
						...one,
						participants: one.participants.map((guest) =>
							guest.organizer
								? guest
								: { ...guest, response: answers.find((answer) => answer !== guest.response) ?? "accepted" },
						),
					},
		);
	}

	/** Cuts a series in two; null where it is none. */
	split(
		events: readonly CalendarEvent[],
		newUid: string,
	): { readonly old: readonly CalendarEvent[]; readonly created: readonly CalendarEvent[] } | null {
		const master = events.find(({ recurrence }) => recurrence !== null);
		if (master === undefined) return null;
		const at = instantOf(this.slot(master, 1), "UTC");
		if (!hasSlot(master, originalStartKey(utcAt(at)))) return null;
		const before = (one: CalendarEvent): boolean =>
			one.recurrence_id === null || instantOf(one.recurrence_id, "UTC") < at;
		const rule = (master.recurrence ?? []).map((line) =>
			line.startsWith("RRULE") ? `${line.replace(/;UNTIL=[^;]*/, "")};UNTIL=${basic(at - 1000)}` : line,
		);
		const old = events.filter(before).map((one) => (one.recurrence_id === null ? { ...one, recurrence: rule } : one));
		const start = utcAt(at);
		const created = { ...master, uid: newUid, start, end: addExact(start, 60 * MINUTE), title: this.word("title") };
		const later = events.filter((one) => !before(one)).map((one) => ({ ...one, uid: newUid }));
		return { old, created: [created, ...later] };
	}

	private editOccurrence(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
		const master = events.find(({ recurrence }) => recurrence !== null);
		const index = events.findIndex(({ recurrence_id }) => recurrence_id !== null);
		if (index >= 0 && this.random.chance(0.5)) return this.editOne(events, index);
		if (master === undefined) return this.editOne(events, 0);
		const slot = this.slot(master);
		const key = originalStartKey(slot);
		if (!hasSlot(master, key) || events.some((one) => slotKey(one) === key)) return this.editOne(events, 0);
		const end = addExact(slot, 60 * MINUTE);
		const override = { ...master, recurrence: null, recurrence_id: slot, start: slot, end, title: this.word("title") };
		return [...events, override];
	}

	private excludeOccurrence(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
		const master = events.find(({ recurrence }) => recurrence !== null);
		if (master === undefined) return this.editOne(events, 0);
		const slot = this.random.pick(events.flatMap((one) => one.recurrence_id ?? [])) ?? this.slot(master);
		const key = originalStartKey(slot);
		if (!hasSlot(master, key)) return this.editOne(events, 0);
		const recurrence = [...(master.recurrence ?? []), `EXDATE:${key}`];
		return events.filter((one) => slotKey(one) !== key).map((one) => (one === master ? { ...one, recurrence } : one));
	}

	private changeRule(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
		return events
			.map((one) => {
				if (one.recurrence === null) return one;
				const others = one.recurrence.filter((line) => !line.startsWith("RRULE"));
				return { ...one, recurrence: [`RRULE:FREQ=DAILY;INTERVAL=${1 + (this.fresh() % 3)}`, ...others] };
			})
			.filter((one, _index, all) => {
				const master = all.find(({ recurrence }) => recurrence !== null);
				return one.recurrence_id === null || hasSlot(master, slotKey(one));
			});
	}

	private editOne(events: readonly CalendarEvent[], index: number): readonly CalendarEvent[] {
		return events.map((one, at) => (at === index ? this.editFields(one) : one));
	}

	private editFields(one: CalendarEvent): CalendarEvent {
		const { categories, participants } = one;
		switch (this.random.int(7)) {
			case 0:
				return { ...one, title: this.word("title") };
			case 1:
				// The provider cuts spaces at the end.
				return { ...one, description: `${this.word("description")}${this.random.chance(0.5) ? " " : ""}` };
			case 2:
				return { ...one, location: this.word("location"), title: this.word("title") };
			case 3:
				return { ...one, categories: [...categories, this.word("category")] };
			case 4:
				return categories.length === 0
					? { ...one, location: this.word("location") }
					: { ...one, categories: categories.slice(1) };
			case 5:
				return {
					...one,
					participants: [...participants, guest(`${this.word("guest")}@example.com`, this.word("name"))],
				};
			default:
				if (one.recurrence !== null) return { ...one, description: this.word("description") };
				return { ...one, ...moved(one, this.fresh()) };
		}
	}

	private slot(master: CalendarEvent, first = 0): EventDateTime {
		return addExact(master.start, (first + this.random.int(4)) * DAY);
	}

	private word(kind: string): string {
		return `${kind}${this.fresh()}`;
	}

	private fresh(): number {
		return ++this.count;
	}
}

const FIRST = parseLocal("2026-01-05T00:00:00");

const WEIGHTS = { fields: 10, occurrence: 6, exclude: 2, shift: 2, rule: 1, single: 0.5, delete: 1.5 };
const SINGLE: ReadonlySet<keyof typeof WEIGHTS> = new Set(["fields", "delete"]);

function guest(email: string, name: string): CalendarEvent["participants"][number] {
	return { email, name, response: "needs_action", optional: false, organizer: false, self: false };
}

function moved(one: CalendarEvent, minutes: number): Pick<CalendarEvent, "start" | "end"> {
	return { start: addExact(one.start, minutes * MINUTE), end: addExact(one.end, minutes * MINUTE) };
}

/** Moves a whole series, with what names its slots. */
function shift(events: readonly CalendarEvent[], minutes: number): readonly CalendarEvent[] {
	return events.map((one) => ({
		...one,
		...moved(one, minutes),
		recurrence_id: one.recurrence_id === null ? null : addExact(one.recurrence_id, minutes * MINUTE),
		recurrence:
			one.recurrence?.map((line) =>
				line.replace(/\d{8}T\d{6}Z/g, (text) => basic(parseBasic(text) + minutes * MINUTE)),
			) ?? null,
	}));
}

function basic(instant: number): string {
	return toBasic(formatInstant(instant));
}
