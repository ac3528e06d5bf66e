import type { FeedServer, Radicale } from "@kalends/providers/testing";
import { type FixtureOptions, type FixtureResource, inOneCalendar, makeFixture } from "./fixture.ts";

export interface Edit {
	readonly create: number;
	readonly update: number;
	readonly remove: number;
}

/** Something to connect, with what it holds at the moment. */
export interface Source {
	readonly input: { readonly provider: "caldav" | "ics"; readonly url: string };
	readonly resources: readonly FixtureResource[];
	/** Changes that many resources at random; others than those of `edits` before are taken last. */
	edit(edit: Edit, random: () => number): Promise<void>;
}

export interface FeedSource extends Source {
	/** Holds back the answer to the request of this number, from 1; resolves when it comes, to what answers it. */
	holdBack(number: number): Promise<() => void>;
}

/** A feed of a fixture. */
export function feedSource(feeds: FeedServer, path: string, fixture: FixtureOptions): FeedSource {
	let resources: readonly FixtureResource[] = makeFixture(fixture);
	const serve = () => feeds.serve(path, inOneCalendar(resources));
	let edits = 0;
	serve();
	return {
		input: { provider: "ics", url: new URL(path, feeds.url).href },
		holdBack(number) {
			const asked = Promise.withResolvers<() => void>();
			let requests = 0;
			feeds.answer(path, (_, response) => {
				const answer = () =>
					void response.writeHead(200, { "content-type": "text/calendar" }).end(inOneCalendar(resources));
				if (++requests === number) asked.resolve(answer);
				else answer();
			});
			return asked.promise;
		},
		get resources() {
			return resources;
		},
		async edit(edit, random) {
			resources = edited(resources, edit, { ...fixture, seed: fixture.seed + 1_000 * ++edits }, random).now;
			serve();
		},
	};
}

/**
 * A calendar on Radicale: a fixture put there at once, which stays as it is, and resources put one by one, which change.
 */
export async function caldavSource(radicale: Radicale, name: string, fixture: FixtureOptions): Promise<Source> {
	const path = await radicale.createCalendar(name);
	const whole = makeFixture(fixture);
	await radicale.putWhole(path, inOneCalendar(whole));
	let own: readonly FixtureResource[] = [];
	let edits = 0;
	return {
		input: { provider: "caldav", url: radicale.url.href },
		get resources() {
			return [...whole, ...own];
		},
		async edit(edit, random) {
			const next = edited(own, edit, { ...fixture, seed: fixture.seed + 1_000 * ++edits }, random);
			for (const { uid, ics } of next.put) await radicale.put(path, `${uid}.ics`, ics);
			for (const { uid } of next.removed) await radicale.remove(path, `${uid}.ics`);
			own = next.now;
		},
	};
}

interface Edited {
	readonly now: readonly FixtureResource[];
	/** New and changed ones. */
	readonly put: readonly FixtureResource[];
	readonly removed: readonly FixtureResource[];
}

function edited(before: readonly FixtureResource[], edit: Edit, fresh: FixtureOptions, random: () => number): Edited {
	const order = before.map((resource) => ({ resource, rank: random() })).sort((a, b) => a.rank - b.rank);
	const drawn = order.map(({ resource }) => resource);
	const removed = drawn.slice(0, edit.remove);
	const updated = drawn.slice(edit.remove, edit.remove + edit.update).map(({ name, uid, ics }) => ({
		...{ name, uid },
		ics: ics.replaceAll("\r\nSUMMARY:", "\r\nSUMMARY:Changed "),
	}));
	const created = makeFixture({ ...fresh, singles: edit.create - 1, recurring: 1 });
	const gone = new Set([...removed, ...updated].map((resource) => resource.uid));
	const put = [...updated, ...created];
	return { now: [...before.filter((resource) => !gone.has(resource.uid)), ...put], put, removed };
}
