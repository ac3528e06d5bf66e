import { expandSeries, originalStartKey, parseCalendar } from "@kalends/model";
import { eventOf, uidOf } from "../../google/series.ts";
import { type GoogleEvent, isCancelled, isException, isMaster } from "../../google/types.ts";
import type { GoogleQuirks } from "./google-side.ts";

type Body = Readonly<Record<string, unknown>>;

interface Stored {
	event: GoogleEvent;
	revision: number;
}

const MAPPING = { timeZone: "UTC", warn: () => {} };
const EVER = { from: Date.UTC(2020, 0, 1), to: Date.UTC(2030, 0, 1) };

/** One calendar of the scripted Google: every event with the revision at which it changed last. */
export class GoogleStore {
	readonly id: string;
	name: string;
	role = "owner";
	/** Sync tokens of another epoch are refused. */
	epoch = 1;
	readonly #quirks: GoogleQuirks;
	readonly #events = new Map<string, Stored>();
	#revision = 0;
	#made = 0;

	constructor(id: string, name: string, quirks: GoogleQuirks) {
		this.id = id;
		this.name = name;
		this.#quirks = quirks;
	}

	get revision(): number {
		return this.#revision;
	}

	get(id: string): GoogleEvent | null {
		return this.#events.get(id)?.event ?? this.#instance(id);
	}

	/** Events that changed after `revision`, or (null) all that there are, in the order that the quirks say. */
	since(revision: number | null): readonly GoogleEvent[] {
		const stored = [...this.#events.values()].filter((one) => one.revision > (revision ?? 0));
		stored.sort((a, b) => a.revision - b.revision);
		if (this.#quirks.newestFirst === true) stored.reverse();
		const all = stored.map(({ event }) => event);
		// A first listing has no deleted events, but the cancelled exceptions of those that live.
		return revision !== null ? all : all.filter((event) => !isCancelled(event) || this.#livesOn(event));
	}

	insert(body: Body, given: { readonly id?: string } = {}): GoogleEvent | "duplicate" {
		const asked = typeof body.id === "string" && this.#quirks.ownIds !== true ? body.id : undefined;
		const id = given.id ?? asked ?? `made${(++this.#made).toString(32)}`;
		if (this.#events.has(id)) return "duplicate";
		return this.#store({
			status: "confirmed",
			iCalUID: `${id}@google.com`,
			organizer: { email: "person@example.com", self: true },
			...body,
			id,
			htmlLink: `https://calendar.example.com/event?eid=${id}`,
		});
	}

	patch(id: string, body: Body): GoogleEvent {
		const present = this.get(id);
		if (present === null) throw new Error(`there is no event ${id}`);
		const before = JSON.stringify([present.start, present.recurrence]);
		const event = this.#store({ ...(patched(present as Body, body) as GoogleEvent), id });
		if (isMaster(event) || isMaster(present)) {
			if (JSON.stringify([event.start, event.recurrence]) !== before) this.#dropStrayExceptions(event);
		}
		return event;
	}

	replace(id: string, body: Body): GoogleEvent {
		const { iCalUID, organizer, htmlLink } = this.get(id) ?? {};
		return this.#store({ status: "confirmed", iCalUID, organizer, htmlLink, ...body, id } as GoogleEvent);
	}

	/** Leaves a tombstone; of a series everything goes. */
	remove(id: string): void {
		const present = this.get(id);
		if (present === null) return;
		if (isException(present)) {
			this.#store({ ...present, status: "cancelled" });
			return;
		}
		for (const { event } of [...this.#events.values()]) {
			if (event.recurringEventId === id) this.#events.delete(event.id);
		}
		this.#store({ id, status: "cancelled" });
	}

	/** With its exceptions, under its id; what stays is that it is gone. */
	moveTo(to: GoogleStore, id: string): GoogleEvent {
		const organizer = { email: to.id, displayName: to.name, self: true };
		const all = [...this.#events.values()].flatMap(({ event }) =>
			event.id === id || event.recurringEventId === id ? [event] : [],
		);
		this.remove(id);
		for (const { etag: _, ...event } of all) to.#store({ ...event, organizer });
		const moved = to.get(id);
		if (moved === null) throw new Error(`there is no event ${id}`);
		return moved;
	}

	/** Nothing is left of an event but that it is gone. */
	forget(id: string): void {
		this.#store({ id, status: "cancelled" });
	}

	/** New etags over the same content. */
	touchAll(): void {
		for (const { event } of [...this.#events.values()]) if (!isCancelled(event)) this.#store(event);
	}

	/** The instances of a series at one original start; exceptions in their places. */
	instances(masterId: string): readonly GoogleEvent[] {
		const master = this.#events.get(masterId)?.event;
		if (master === undefined || !isMaster(master)) return [];
		const series = { master: eventOf(master, uidOf(master), MAPPING), overrides: [] };
		const { occurrences } = expandSeries(series, EVER, { floatingZone: "UTC" });
		return occurrences.flatMap(
			({ original_start }) => this.get(`${masterId}_${originalStartKey(original_start)}`) ?? [],
		);
	}

	/** What another client keeps under a UID. */
	idOfUid(uid: string): string | null {
		for (const { event } of this.#events.values()) {
			if (event.iCalUID === uid && !isException(event) && !isCancelled(event)) return event.id;
		}
		return null;
	}

	/** Another client makes this resource what an iCalendar text says: in place, where it is there. */
	put(id: string | null, ics: string): void {
		const events = parseCalendar(ics).groups.flatMap((group) => [...group.events]);
		const master = events.find(({ recurrence_id }) => recurrence_id === null);
		if (master === undefined) return;
		const body = plainBody(master);
		let target: string;
		if (id === null) {
			const made = this.insert({ ...body, iCalUID: master.uid }, { id: `theirs${(++this.#made).toString(32)}` });
			if (made === "duplicate") throw new Error("an id was made twice");
			target = made.id;
		} else {
			this.patch(id, { recurrence: null, ...body, iCalUID: this.get(id)?.iCalUID });
			target = id;
		}
		const kept = new Set<string>();
		for (const override of events) {
			if (override.recurrence_id === null) continue;
			const instance = `${target}_${originalStartKey(override.recurrence_id)}`;
			kept.add(instance);
			this.patch(instance, { status: "confirmed", ...plainBody(override) });
		}
		for (const { event } of [...this.#events.values()]) {
			if (event.recurringEventId !== target || kept.has(event.id) || isCancelled(event)) continue;
			const plain = this.#plainInstance(event.id);
			if (plain === null) this.#store({ ...event, status: "cancelled" });
			else this.patch(event.id, { summary: plain.summary, start: plain.start, end: plain.end });
		}
	}

	#livesOn(event: GoogleEvent): boolean {
		const master = this.#events.get(event.recurringEventId ?? "")?.event;
		return isException(event) && master !== undefined && !isCancelled(master);
	}

	#store(event: Omit<GoogleEvent, "etag">): GoogleEvent {
		const revision = ++this.#revision;
		const at = new Date(Date.UTC(2026, 0, 1) + revision * 1000).toISOString();
		const stored = { created: at, ...event, updated: at, etag: `"${revision}"` };
		this.#events.set(event.id, { event: stored, revision });
		return stored;
	}

	/** What Google makes of exceptions whose slot is gone is not documented; here they are cancelled, or stay. */
	#dropStrayExceptions(master: GoogleEvent): void {
		if (this.#quirks.keepsStrays === true) return;
		for (const { event } of [...this.#events.values()]) {
			if (event.recurringEventId !== master.id || isCancelled(event)) continue;
			if (this.#plainInstance(event.id) === null) this.#store({ ...event, status: "cancelled" });
		}
	}

	#instance(id: string): GoogleEvent | null {
		const plain = this.#plainInstance(id);
		return plain === null ? null : { ...plain, etag: `"i${this.#events.get(plain.recurringEventId ?? "")?.revision}"` };
	}

	#plainInstance(id: string): GoogleEvent | null {
		const at = id.lastIndexOf("_");
		const master = this.#events.get(id.slice(0, at))?.event;
		if (at < 0 || master === undefined || !isMaster(master)) return null;
		const series = { master: eventOf(master, uidOf(master), MAPPING), overrides: [] };
		const { occurrences } = expandSeries(series, EVER, { floatingZone: "UTC" });
		const found = occurrences.find(({ original_start }) => originalStartKey(original_start) === id.slice(at + 1));
		if (found === undefined) return null;
		const { recurrence: _, id: __, ...rest } = master;
		const start = timeOf(found.start);
		return {
			...rest,
			id,
			recurringEventId: master.id,
			originalStartTime: start,
			start,
			end: timeOf(found.end),
			htmlLink: `https://calendar.example.com/event?eid=${id}`,
		};
	}
}

/** The little that fixtures say, written without the code under test. */
function plainBody({ title, start, end, recurrence }: ReturnType<typeof eventOf>): Body {
	return {
		summary: title,
		start: timeOf(start),
		end: timeOf(end),
		...(recurrence === null ? {} : { recurrence: [...recurrence] }),
		reminders: { useDefault: false, overrides: [] },
	};
}

function timeOf(time: ReturnType<typeof eventOf>["start"]) {
	if (time.type === "date") return { date: time.date };
	if (time.type === "floating") return { dateTime: `${time.local}Z`, timeZone: "UTC" };
	return { dateTime: time.instant, timeZone: time.zone ?? "UTC" };
}

/** RFC 7396. */
function patched(target: unknown, patch: unknown): unknown {
	if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
	const result: Record<string, unknown> =
		typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
	for (const [name, value] of Object.entries(patch)) {
		if (value === null) delete result[name];
		else if (value !== undefined) result[name] = patched(result[name], value);
	}
	return result;
}
