import { type CalendarEvent, contentHash } from "@kalends/model";
import { expect } from "vitest";
import { TransportError } from "../port/http.ts";
import type {
	Credentials,
	Discovered,
	ProviderContext,
	ProviderSettings,
	PullPage,
	RemoteCalendar,
	RemoteResource,
	SyncCursor,
} from "../port/provider.ts";
import { describeEvent } from "./fixture-events.ts";
import type { ContractAccount, ContractHarness } from "./harness.ts";

export interface SyncOptions {
	/** Called before each request and between pages with a number that counts up from 1. */
	readonly during?: (step: number) => Promise<void>;
	/** The connection is lost at this step. */
	readonly cutAt?: number;
	/** Stop reading after this many pages, as a process that dies does. */
	readonly stopAfter?: number;
	/** Leave the calendar alone where its `version` is that of the last completed sync. */
	readonly trustVersion?: boolean;
}

export interface SyncReport {
	readonly pages: readonly PullPage[];
	/** UIDs of the events in `changed`, one entry per resource yielded, sorted. */
	readonly changed: readonly string[];
	/** UIDs that the mirror lost. */
	readonly lost: readonly string[];
}

interface MirrorEntry {
	readonly id: string;
	readonly etag: string | null;
	readonly raw: string;
	readonly draftKey: string | undefined;
	readonly uids: readonly string[];
	readonly lines: readonly string[];
	/** As `hashesOf` says. */
	readonly hashes: readonly string[];
}

interface State {
	readonly mirror: ReadonlyMap<string, MirrorEntry>;
	readonly cursor: SyncCursor | null;
	readonly version: string | null;
}

/**
 * Follows one calendar through the port as the server does: a mirror made of nothing but pages, and the cursor that
 * belongs to it. Checks on the way what the port promises of every pull.
 */
export class Follower {
	readonly #harness: ContractHarness;
	readonly #account: ContractAccount;
	readonly #credentials: Credentials;
	readonly #calendarId: string;
	#settings: ProviderSettings;
	#state: State = { mirror: new Map(), cursor: null, version: null };

	static async of(harness: ContractHarness, account: ContractAccount, calendarId: string): Promise<Follower> {
		return new Follower(harness, account, await connect(harness, account), calendarId);
	}

	private constructor(harness: ContractHarness, account: ContractAccount, discovered: Discovered, calendarId: string) {
		this.#harness = harness;
		this.#account = account;
		this.#credentials = discovered.credentials;
		this.#settings = json(discovered.settings);
		this.#calendarId = calendarId;
	}

	/** One line an event, sorted: comparable to the `expected` of fixtures. */
	get lines(): readonly string[] {
		return [...this.#state.mirror.values()].flatMap((entry) => entry.lines).sort();
	}

	get resourceIds(): readonly string[] {
		return [...this.#state.mirror.keys()].sort();
	}

	/** `hashesOf` the events of a resource; null where the mirror lacks it. */
	hashesOf(id: string): readonly string[] | null {
		return this.#state.mirror.get(id)?.hashes ?? null;
	}

	/** The draft that made a resource, as the page said that told of it. */
	draftKeyOf(id: string): string | undefined {
		return this.#state.mirror.get(id)?.draftKey;
	}

	/** Takes over what a write was answered, as the server does; null: the resource was removed. */
	wrote(id: string, resource: RemoteResource | null): void {
		const mirror = new Map(this.#state.mirror);
		if (resource === null) mirror.delete(id);
		else mirror.set(id, this.#toEntry(resource));
		this.#state = { ...this.#state, mirror };
	}

	get cursor(): SyncCursor | null {
		return this.#state.cursor;
	}

	/** What a backup would hold: the mirror and its cursor. */
	snapshot(): State {
		return this.#state;
	}

	restore(state: State): void {
		this.#state = state;
	}

	async list(context: ProviderContext = this.#context({}, { step: 0 })): Promise<readonly RemoteCalendar[]> {
		const listing = await this.#harness.provider.listCalendars(context);
		if (listing.settings !== undefined) this.#settings = json(listing.settings);
		return json(listing.calendars);
	}

	/** One sync: list, pull, apply page by page. Failures of the provider pass through; pages applied before stay. */
	async sync(options: SyncOptions = {}): Promise<SyncReport> {
		const counter = { step: 0 };
		const context = this.#context(options, counter);
		const calendar = (await this.list(context)).find(({ id }) => id === this.#calendarId);
		if (calendar === undefined) throw new Error(`the listing lacks ${this.#calendarId}`);
		const before = this.#state;
		if (options.trustVersion && calendar.version !== null && calendar.version === before.version) return NOTHING;

		const { mirror } = this.#state;
		const known = {
			etags: async () => new Map([...mirror].map(([id, { etag }]) => [id, etag])),
			bodies: async (ids: readonly string[]) =>
				new Map(ids.flatMap((id) => mirror.get(id) ?? []).map(({ id, raw }) => [id, raw])),
		};
		const pages: PullPage[] = [];
		const seen = new Set<string>();
		for await (const page of this.#harness.provider.pull(calendar, before.cursor, known, context)) {
			expect(pages.at(-1)?.cursor ?? null, "a page follows the one that has a cursor").toBeNull();
			pages.push(page);
			this.#apply(page, seen, calendar.version);
			if (pages.length === options.stopAfter) return report(pages, before, this.#state);
			await options.during?.(++counter.step);
		}
		expect(pages.at(-1)?.cursor, "the last page has no cursor").toBeTruthy();
		return report(pages, before, this.#state);
	}

	#apply(page: PullPage, seen: Set<string>, version: string | null): void {
		const mirror = new Map(this.#state.mirror);
		for (const resource of page.changed) {
			expect(page.removed, "a resource is both changed and removed").not.toContain(resource.id);
			mirror.set(resource.id, this.#toEntry(resource));
			seen.add(resource.id);
		}
		for (const id of page.unchanged) seen.add(id);
		for (const id of page.removed) {
			mirror.delete(id);
			seen.delete(id);
		}
		const last = page.cursor !== null;
		expect(page.complete && !(last && page.mode === "full"), "only a full pull's last page is complete").toBe(false);
		if (page.complete) for (const id of mirror.keys()) if (!seen.has(id)) mirror.delete(id);
		this.#state = {
			mirror,
			cursor: last ? json(page.cursor) : page.mode === "full" ? null : this.#state.cursor,
			version: last ? version : page.mode === "full" ? null : this.#state.version,
		};
	}

	#toEntry({ id, etag, raw, events, draftKey }: RemoteResource): MirrorEntry {
		const uids = [...new Set(events.map(({ uid }) => uid))];
		return { id, etag, raw, draftKey, uids, lines: events.map(describeEvent), hashes: hashesOf(events, this.#harness) };
	}

	#context(options: SyncOptions, counter: { step: number }): ProviderContext {
		return {
			...plainContext(this.#harness, this.#account),
			credentials: this.#credentials,
			settings: this.#settings,
			http: async (request) => {
				counter.step++;
				if (counter.step === options.cutAt) throw new TransportError("connection_lost", "cut by the test");
				await options.during?.(counter.step);
				return await this.#harness.http(request);
			},
		};
	}
}

/** `contentHash` of each event, sorted, without what the other side gives events by itself. */
export function hashesOf(
	events: readonly CalendarEvent[],
	{ comparable }: Pick<ContractHarness, "comparable">,
): readonly string[] {
	return events.map((event) => contentHash(comparable?.(event) ?? event)).sort();
}

/** Connects as a person would. */
export async function connect(
	harness: ContractHarness,
	account: ContractAccount,
	input = account.input,
): Promise<Discovered> {
	return await harness.provider.connect(input, plainContext(harness, account));
}

function plainContext(
	{ http }: ContractHarness,
	{ tokens }: ContractAccount,
): Omit<ProviderContext, "credentials" | "settings"> {
	return { http, now: Date.now, random: Math.random, ...(tokens === undefined ? {} : { tokens }) };
}

const NOTHING: SyncReport = { pages: [], changed: [], lost: [] };

function report(pages: readonly PullPage[], before: State, after: State): SyncReport {
	const changed = pages.flatMap((page) => page.changed.flatMap((resource) => uidsOf(resource.events)));
	const kept = new Set([...after.mirror.values()].flatMap(({ uids }) => uids));
	const lost = [...before.mirror.values()].flatMap(({ uids }) => uids).filter((uid) => !kept.has(uid));
	return { pages, changed: changed.sort(), lost: lost.sort() };
}

const uidsOf = (events: readonly { readonly uid: string }[]) => [...new Set(events.map(({ uid }) => uid))];

/** As stored and read again: the server keeps these as JSON. */
function json<T>(value: T): T {
	return JSON.parse(JSON.stringify(value)) as T;
}
