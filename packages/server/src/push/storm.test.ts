import { setImmediate } from "node:timers/promises";
import type { CalendarEvent } from "@kalends/model";
import { seededRandom } from "@kalends/model";
import { type CalendarProvider, ProviderFailure, type ResourceWriter } from "@kalends/providers";
import { afterEach, expect, test } from "vitest";
import { Problem } from "../http/errors.ts";
import { at } from "../sync/testing.ts";
import { createResource } from "./create-resource.ts";
import { editResource } from "./edit-resource.ts";
import { pushConnection } from "./push-lanes.ts";
import { createPushFixture, event, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

interface Sky {
	fair: boolean;
	faults: number;
}

/** Every fourth exchange fails, half of those after it has had its effect; all take their time. */
function stormy(provider: CalendarProvider, random: () => number, sky: Sky): CalendarProvider {
	const pause = async () => {
		for (let turns = Math.floor(random() * 4); turns > 0; turns--) await setImmediate();
	};
	const fails = () => !sky.fair && random() < 0.25;
	const failure = (definite: boolean): ProviderFailure => {
		sky.faults++;
		if (definite && random() < 0.2) {
			return new ProviderFailure("invalid", { reason: "event_refused", message: "422" });
		}
		return new ProviderFailure("unavailable", { reason: "server_error", message: "500" });
	};
	const through = async <T>(exchange: () => Promise<T>, writes: boolean): Promise<T> => {
		await pause();
		if (fails()) throw failure(writes);
		const answer = await exchange();
		await pause();
		if (writes && fails()) throw failure(false);
		return answer;
	};
	const { writer } = provider;
	if (writer === null) throw new Error("no writer");
	const wrapped: ResourceWriter = {
		read: (...args) => through(() => writer.read(...args), false),
		findCreated: (...args) => through(() => writer.findCreated(...args), false),
		create: (...args) => through(() => writer.create(...args), true),
		update: (...args) => through(() => writer.update(...args), true),
		remove: (...args) => through(() => writer.remove(...args), true),
	};
	return {
		...provider,
		writer: wrapped,
		listCalendars: (context) => through(() => provider.listCalendars(context), false),
		async *pull(...args) {
			await pause();
			if (fails()) throw failure(false);
			for await (const page of provider.pull(...args)) {
				await pause();
				yield page;
				await pause();
				if (fails()) throw failure(false);
			}
		},
	};
}

test.each([1, 2, 3, 4, 5, 6])(
	"whatever fails while both sides write, both end the same and no edit vanishes (seed %i)",
	async (seed) => {
		const random = seededRandom(seed);
		const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
		const sky: Sky = { fair: true, faults: 0 };
		fixture = await createPushFixture({
			seed,
			pageSize: 4,
			uids: ["u0", "u1", "u2", "u3", "u4", "u5"],
			wrap: (provider) => stormy(provider, random, sky),
		});
		const { services, control, userId, connectionId, calendarId, actor, remoteCalendar } = fixture;
		sky.fair = false;
		const signal = new AbortController().signal;
		let counter = 0;
		/** What people here have said, which may not vanish. */
		const said: string[] = [];
		/** Whoever cannot know that it was made does not know that it was removed either, and makes it once more. */
		const removedThere = new Set<string>();
		const word = () => {
			const text = `said ${++counter}`;
			said.push(text);
			return text;
		};

		const editHere = async () => {
			const rows = await services.db
				.selectFrom("events")
				.select("id")
				.where("calendar_id", "=", calendarId)
				.orderBy("id")
				.execute();
			const id = pick(rows)?.id;
			if (id === undefined || random() < 0.25) {
				const uid = `here${++counter}`;
				const events = [event({ uid, title: word(), start: at(5) })];
				return (await createResource(services, { userId, actor, calendarId, events, action: "created" })).intentIds;
			}
			const kind = random();
			try {
				const write = await editResource(services, { userId, actor, eventId: id }, ({ events }) => {
					if (kind < 0.2) return { wanted: null, action: "deleted" };
					const patch: Partial<CalendarEvent> = kind < 0.7 ? { title: word() } : { location: word() };
					const wanted = events.map((one) => ({ ...one, ...patch }));
					const isSplit = kind > 0.95;
					const created = isSplit ? [event({ uid: `split${++counter}`, title: word(), start: at(9) })] : null;
					return { wanted, created, action: "updated" };
				});
				return write.intentIds;
			} catch (error) {
				// It was deleted there meanwhile.
				if (error instanceof Problem && error.code === "not_found") return [];
				throw error;
			}
		};
		const editThere = () => {
			const resource = pick(control.resources(remoteCalendar));
			const first = resource?.events[0];
			const kind = random();
			if (resource === undefined || first === undefined || kind < 0.2) {
				const uid = `there${++counter}`;
				control.putEvents(remoteCalendar, uid, [event({ uid, title: `remote ${counter}` })]);
			} else if (kind < 0.35) {
				control.remove(remoteCalendar, first.uid);
				removedThere.add(resource.id);
			} else {
				const field = random() < 0.5 ? "title" : "location";
				const events = resource.events.map((one) => ({ ...one, [field]: `remote ${++counter}` }));
				control.putEvents(remoteCalendar, first.uid, events);
			}
			if (random() < 0.1) control.expireCursors(remoteCalendar);
		};
		const pushAll = () => pushConnection(services, { userId, connectionId }, signal);
		const pull = async () => {
			// Nobody waits for the time to pass.
			await services.db.updateTable("connections").set({ retry_after: null, paused: false }).execute();
			await fixture.sync();
		};

		for (let step = 0; step < 60; step++) {
			const work: Promise<unknown>[] = [];
			for (let edits = Math.floor(random() * 3); edits > 0; edits--) work.push(editHere());
			if (random() < 0.6) editThere();
			if (random() < 0.7) work.push(pushAll());
			if (random() < 0.5) work.push(pull());
			if (random() < 0.3) work.push(setImmediate().then(editThere));
			if (random() < 0.3) work.push(pushAll());
			await Promise.all(work);
			if (random() < 0.5) await fixture.makeDue();
		}
		expect(sky.faults).toBeGreaterThan(10);

		sky.fair = true;
		for (let turn = 0; turn < 12; turn++) {
			await services.db.updateTable("intents").set({ state: "pending" }).execute();
			await fixture.makeDue();
			await pushAll();
			await pull();
		}
		expect(await fixture.intents()).toEqual([]);
		expect((await fixture.verify()).differences).toEqual([]);
		expect(await fixture.titles()).toEqual(fixture.remoteTitles());
		const occurrences = await services.db.selectFrom("occurrences").select("event_id").execute();
		expect(occurrences).toHaveLength((await fixture.titles()).length);

		// One more turn writes nothing on either side.
		const performed = control.performed.length;
		const feed = await fixture.feed();
		await pushAll();
		await pull();
		expect(control.performed).toHaveLength(performed);
		expect(await fixture.feed()).toEqual(feed);

		// Every word is there still, or in the history.
		const versions = await services.db.selectFrom("event_versions").select("events").execute();
		const shown = await services.db.selectFrom("events").select("data").execute();
		const all = JSON.stringify([versions, shown]);
		for (const text of said) expect(all).toContain(`"${text}"`);
		// Nothing was made twice.
		const made = control.performed.filter(({ operation }) => operation === "create").map(({ id }) => id);
		const twice = made.filter((id, index) => made.indexOf(id) !== index && !removedThere.has(id));
		expect(twice).toEqual([]);
		const resources = await services.db.selectFrom("resources").select(["gone", "provider_resource_id"]).execute();
		expect(resources.filter(({ gone }) => gone)).toEqual([]);
		const seqs = await services.db.selectFrom("changes").select("seq").orderBy("seq").execute();
		expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1));
	},
	120_000,
);
