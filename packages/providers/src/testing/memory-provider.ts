import type { CalendarEvent } from "@kalends/model";
import { ProviderFailure, type ProviderFailureDetails, type ProviderFailureKind } from "../port/failure.ts";
import type {
	CalendarProvider,
	ConnectInput,
	Credentials,
	KnownResources,
	ProviderCapabilities,
	ProviderContext,
	ProviderId,
	PullPage,
	RemoteCalendar,
	RemoteResource,
	SyncCursor,
} from "../port/provider.ts";
import type { WriteContext } from "../port/writer.ts";
import type { MemoryControl, MemoryGate, MemoryOperation } from "./memory-control.ts";
import { type MemoryAccount, type MemoryCalendar, type MemoryEntry, readBody, storeEntry } from "./memory-store.ts";
import {
	type EffectOperation,
	memoryWriter,
	type PerformedWrite,
	type WriteOperation,
	type WriterSide,
} from "./memory-writer.ts";

export interface MemoryProviderOptions {
	/** Whose place it takes. Default `caldav`. */
	readonly id?: ProviderId;
	readonly capabilities?: Partial<ProviderCapabilities>;
	/** Resources a page. Default 250. */
	readonly pageSize?: number;
	/** Default: all but feeds. */
	readonly writes?: boolean;
	/** Moves resources between calendars by itself. Default false. */
	readonly moves?: boolean;
}

/**
 * An in-memory provider that passes `providerContract`, for tests of what stands on the port.
 * It speaks a delta by revision number, and a full listing by etags where the cursor has expired.
 */
export function memoryProvider(options: MemoryProviderOptions = {}): {
	readonly provider: CalendarProvider;
	readonly control: MemoryControl;
} {
	const side = new MemorySide(options);
	const capabilities: ProviderCapabilities = {
		pastAbsenceMeansDeletion: true,
		calendarVersions: true,
		discoversCalendars: true,
		...options.capabilities,
	};
	const provider: CalendarProvider = {
		id: options.id ?? "caldav",
		capabilities,
		writer: (options.writes ?? options.id !== "ics") ? memoryWriter(side) : null,
		connect: async (input) => side.connect(input),
		listCalendars: async ({ credentials }) => ({ calendars: side.list("list", credentials) }),
		pull: (calendar, cursor, known, context) => side.pull(calendar, cursor, known, context),
	};
	return { provider, control: side };
}

class MemorySide implements MemoryControl, WriterSide {
	readonly calls: Record<MemoryOperation, number> = {
		connect: 0,
		list: 0,
		pull: 0,
		read: 0,
		find_created: 0,
		create: 0,
		update: 0,
		move: 0,
		remove: 0,
	};
	readonly performed: PerformedWrite[] = [];
	rewrites = false;
	readonly moves: boolean;
	readonly #lostAnswers: { readonly operation: EffectOperation; readonly failure: ProviderFailure }[] = [];
	readonly #writeGates = new Map<string, Gate>();
	readonly #accounts = new Map<string, MemoryAccount>();
	readonly #failures: { operation: MemoryOperation; failure: ProviderFailure; afterPages: number }[] = [];
	#pageSize: number;
	#refreshAfter: number | undefined;
	#gate: Gate | null = null;
	#counter = 0;

	constructor(options: MemoryProviderOptions) {
		this.#pageSize = options.pageSize ?? 250;
		this.moves = options.moves ?? false;
	}

	connect({ username, password }: ConnectInput) {
		const credentials: Credentials = { username: username ?? "", password: password ?? "" };
		const calendars = this.list("connect", credentials);
		const name = credentials.username ?? "";
		return { account: name, suggestedName: `Calendars of ${name}`, credentials, settings: {}, calendars };
	}

	list(operation: MemoryOperation, credentials: Credentials): RemoteCalendar[] {
		this.calls[operation]++;
		this.#failIfTold(operation, 0);
		const { calendars } = this.#authenticate(credentials);
		return [...calendars.values()].map(({ remote, generation, revision }) => ({
			...remote,
			version: `${generation}.${revision}`,
		}));
	}

	async *pull(
		{ id }: RemoteCalendar,
		cursor: SyncCursor | null,
		known: KnownResources,
		{ credentials, signal }: ProviderContext,
	): AsyncGenerator<PullPage> {
		this.calls.pull++;
		const calendar = this.#authenticate(credentials).calendars.get(id);
		if (calendar === undefined) throw failure("not_found", "resource_gone", "the calendar is gone");
		const { generation, revision } = calendar;
		const isDelta = cursor?.generation === generation && typeof cursor.revision === "number";
		const since = isDelta ? Number(cursor.revision) : -1;
		const ids = [...calendar.entries.values()].filter((entry) => entry.revision > since).map((entry) => entry.id);
		const etags = isDelta ? new Map<string, string | null>() : await known.etags();
		for (let at = 0, pages = 0; ; at += this.#pageSize, pages++) {
			await this.#waitAtGate();
			this.#failIfTold("pull", pages);
			if (signal?.aborted) throw failure("unavailable", "connection_lost", "the pull was aborted");
			const slice = ids.slice(at, at + this.#pageSize).flatMap((each) => calendar.entries.get(each) ?? []);
			const last = at + this.#pageSize >= ids.length;
			const page = isDelta ? deltaPage(slice) : fullPage(slice, etags, last);
			yield {
				...page,
				cursor: last ? { generation, revision } : null,
				...(last && this.#refreshAfter !== undefined ? { refreshAfter: this.#refreshAfter } : {}),
			};
			if (last) return;
		}
	}

	addAccount(username: string, password: string): ConnectInput {
		this.#accounts.set(username, { username, password, calendars: new Map() });
		return { username, password };
	}

	setPassword(username: string, password: string): void {
		this.#account(username).password = password;
	}

	createCalendar(username: string, properties: Partial<Omit<RemoteCalendar, "version">> = {}): string {
		const { calendars } = this.#account(username);
		const id = properties.id ?? `memory-${++this.#counter}`;
		const defaults = { name: id, color: null, timeZone: null, access: "owner", settings: {} } as const;
		const remote = { ...defaults, primary: calendars.size === 0, sendsInvitations: false, ...properties, id };
		calendars.set(id, { remote, revision: 0, generation: 0, entries: new Map(), written: new Map() });
		return id;
	}

	changeCalendar(calendarId: string, properties: Partial<Omit<RemoteCalendar, "id" | "version">>): void {
		const { calendar } = this.#find(calendarId);
		calendar.remote = { ...calendar.remote, ...properties };
	}

	deleteCalendar(calendarId: string): void {
		this.#find(calendarId).account.calendars.delete(calendarId);
	}

	put(calendarId: string, uid: string, ics: string): void {
		const { calendar, account } = this.#find(calendarId);
		const id = idOfUid(calendar, uid);
		const resource = readBody(id, this.newEtag(), ics, calendar.remote.timeZone, account.username);
		storeEntry(calendar, {
			id,
			resource: resource ?? unreadable(id, this.newEtag(), ics),
			broken: resource === null,
		});
	}

	putEvents(calendarId: string, uid: string, events: readonly CalendarEvent[], raw = ""): void {
		const { calendar } = this.#find(calendarId);
		const id = idOfUid(calendar, uid);
		const resource = { id, etag: this.newEtag(), scheduleTag: null, raw, events, warnings: [] };
		storeEntry(calendar, { id, resource, broken: false });
	}

	remove(calendarId: string, uid: string): void {
		const { calendar } = this.#find(calendarId);
		const id = idOfUid(calendar, uid);
		if (calendar.entries.get(id)?.resource) storeEntry(calendar, { id, resource: null, broken: false });
	}

	removeAll(calendarId: string): void {
		for (const uid of [...this.#find(calendarId).calendar.entries.keys()]) this.remove(calendarId, uid);
	}

	resources(calendarId: string): readonly RemoteResource[] {
		const entries = [...this.#find(calendarId).calendar.entries.values()];
		return entries.flatMap(({ resource }) => resource ?? []);
	}

	expireCursors(calendarId: string): void {
		const { calendar } = this.#find(calendarId);
		calendar.generation++;
		// Whoever forgets cursors forgets what was deleted too.
		for (const { id, resource } of [...calendar.entries.values()]) if (resource === null) calendar.entries.delete(id);
	}

	changeEtags(calendarId: string): void {
		const { calendar } = this.#find(calendarId);
		for (const { id, resource, broken } of [...calendar.entries.values()]) {
			if (resource !== null) storeEntry(calendar, { id, resource: { ...resource, etag: this.newEtag() }, broken });
		}
	}

	failNext(operation: MemoryOperation, failure: ProviderFailure, afterPages = 0): void {
		this.#failures.push({ operation, failure, afterPages });
	}

	loseAnswer(
		operation: EffectOperation,
		lost = failure("unavailable", "connection_lost", "the answer was lost"),
	): void {
		this.#lostAnswers.push({ operation, failure: lost });
	}

	hold(): MemoryGate {
		const { gate, control } = makeGate(() => {
			this.#gate = null;
		});
		this.#gate = gate;
		return control;
	}

	holdWrites(operation: WriteOperation, when: "before" | "after" = "before"): MemoryGate {
		const key = `${when} ${operation}`;
		const { gate, control } = makeGate(() => this.#writeGates.delete(key));
		this.#writeGates.set(key, gate);
		return control;
	}

	setRewrites(rewrites: boolean): void {
		this.rewrites = rewrites;
	}

	async before(operation: WriteOperation): Promise<void> {
		this.calls[operation]++;
		await this.#waitAtWrite(`before ${operation}`);
		this.#failIfTold(operation, 0);
	}

	async after(operation: EffectOperation): Promise<void> {
		await this.#waitAtWrite(`after ${operation}`);
		const index = this.#lostAnswers.findIndex((each) => each.operation === operation);
		const [lost] = index === -1 ? [] : this.#lostAnswers.splice(index, 1);
		if (lost !== undefined) throw lost.failure;
	}

	calendarOf({ credentials }: WriteContext, calendarId: string) {
		const account = this.#authenticate(credentials);
		const calendar = account.calendars.get(calendarId);
		if (calendar === undefined) throw failure("not_found", "resource_gone", "the calendar is gone");
		return { account, calendar };
	}

	async #waitAtWrite(key: string): Promise<void> {
		const gate = this.#writeGates.get(key);
		gate?.reached();
		await gate?.open;
	}

	setPageSize(size: number): void {
		this.#pageSize = size;
	}

	setRefreshAfter(seconds: number | undefined): void {
		this.#refreshAfter = seconds;
	}

	async #waitAtGate(): Promise<void> {
		this.#gate?.reached();
		await this.#gate?.open;
	}

	#failIfTold(operation: MemoryOperation, pages: number): void {
		const index = this.#failures.findIndex((each) => each.operation === operation && each.afterPages === pages);
		const [told] = index === -1 ? [] : this.#failures.splice(index, 1);
		if (told !== undefined) throw told.failure;
	}

	#authenticate({ username, password }: Credentials): MemoryAccount {
		const account = this.#accounts.get(username ?? "");
		if (account === undefined || account.password !== password) {
			throw failure("auth_revoked", "wrong_credentials", "user name or password is wrong");
		}
		return account;
	}

	#account(username: string): MemoryAccount {
		const account = this.#accounts.get(username);
		if (account === undefined) throw new Error(`no account ${username}`);
		return account;
	}

	#find(calendarId: string): { readonly account: MemoryAccount; readonly calendar: MemoryCalendar } {
		for (const account of this.#accounts.values()) {
			const calendar = account.calendars.get(calendarId);
			if (calendar !== undefined) return { account, calendar };
		}
		throw new Error(`no calendar ${calendarId}`);
	}

	newEtag(): string {
		return `"${++this.#counter}"`;
	}
}

interface Gate {
	readonly open: Promise<void>;
	reached(): void;
}

function makeGate(remove: () => void): { readonly gate: Gate; readonly control: MemoryGate } {
	const open = Promise.withResolvers<void>();
	const reached = Promise.withResolvers<void>();
	const release = () => {
		remove();
		open.resolve();
	};
	return {
		gate: { open: open.promise, reached: reached.resolve },
		control: { reached: reached.promise, release },
	};
}

/** The id of the resource that a writer made for this UID, while it is there; else the UID itself. */
function idOfUid({ entries, written }: MemoryCalendar, uid: string): string {
	const id = written.get(uid);
	return id !== undefined && entries.get(id)?.resource ? id : uid;
}

function unreadable(id: string, etag: string, raw: string): RemoteResource {
	return { id, etag, scheduleTag: null, raw, events: [], warnings: [] };
}

function deltaPage(entries: readonly MemoryEntry[]): Omit<PullPage, "cursor"> {
	return {
		mode: "delta",
		changed: entries.flatMap(({ resource, broken }) => (resource === null || broken ? [] : [resource])),
		removed: entries.filter(({ resource }) => resource === null).map(({ id }) => id),
		unchanged: [],
		complete: false,
	};
}

function fullPage(
	entries: readonly MemoryEntry[],
	etags: ReadonlyMap<string, string | null>,
	last: boolean,
): Omit<PullPage, "cursor"> {
	const isKept = ({ id, resource, broken }: MemoryEntry) => broken || etags.get(id) === resource?.etag;
	const present = entries.filter(({ resource }) => resource !== null);
	return {
		mode: "full",
		changed: present.flatMap((entry) => (isKept(entry) || entry.resource === null ? [] : [entry.resource])),
		removed: [],
		unchanged: present.filter(isKept).map(({ id }) => id),
		complete: last,
	};
}

function failure(
	kind: ProviderFailureKind,
	reason: ProviderFailureDetails["reason"],
	message: string,
): ProviderFailure {
	return new ProviderFailure(kind, { reason, message });
}
