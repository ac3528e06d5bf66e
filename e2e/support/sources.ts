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
	/** Changes that many resources, drawn at random. */
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

export interface CalendarSource extends Source {
	/** On the server, with slashes around. */
	readonly path: string;
}

export interface CalendarOptions {
	readonly displayName?: string;
	readonly color?: string;
	/** Puts the fixture at once: faster, and only what is added later is ever edited. */
	readonly whole?: boolean;
}

/** A calendar on Radicale. */
export async function calendarSource(
	radicale: Radicale,
	name: string,
	fixture: FixtureOptions,
	{ whole = false, ...properties }: CalendarOptions = {},
): Promise<CalendarSource> {
	const path = await radicale.createCalendar(name, properties);
	const put = async (resources: readonly FixtureResource[]) => {
		for (const { uid, ics } of resources) await radicale.put(path, `${uid}.ics`, ics);
	};
	const made = makeFixture(fixture);
	if (whole) await radicale.putWhole(path, inOneCalendar(made));
	else await put(made);
	const fixed = whole ? made : [];
	let own: readonly FixtureResource[] = whole ? [] : made;
	let edits = 0;
	return {
		path,
		input: { provider: "caldav", url: radicale.url.href },
		get resources() {
			return [...fixed, ...own];
		},
		async edit(edit, random) {
			const next = edited(own, edit, { ...fixture, seed: fixture.seed + 1_000 * ++edits }, random);
			await put(next.put);
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
	const created = edit.create === 0 ? [] : makeFixture({ ...fresh, singles: edit.create - 1, recurring: 1 });
	const gone = new Set([...removed, ...updated].map((resource) => resource.uid));
	const put = [...updated, ...created];
	return { now: [...before.filter((resource) => !gone.has(resource.uid)), ...put], put, removed };
}
