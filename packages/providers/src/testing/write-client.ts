import { type CalendarEvent, parseCalendar } from "@kalends/model";
import { ProviderFailure } from "../port/failure.ts";
import { TransportError } from "../port/http.ts";
import type { Discovered, RemoteCalendar, RemoteResource } from "../port/provider.ts";
import type { CurrentResource, ResourceDraft, ResourceWriter, WriteContext } from "../port/writer.ts";
import { connect, hashesOf } from "./follower.ts";
import type { ContractAccount, ContractHarness, WriteEffect, WrittenSide } from "./harness.ts";

/** Writes to one calendar through the port as the server does. */
export class WriteClient {
	readonly #harness: ContractHarness;
	readonly #found: Discovered;
	readonly #account: ContractAccount;
	readonly #calendar: RemoteCalendar;
	readonly #writer: ResourceWriter;
	#losing = false;

	static async of(harness: ContractHarness, account: ContractAccount, calendarId: string): Promise<WriteClient> {
		const found = await connect(harness, account);
		const calendar = found.calendars.find(({ id }) => id === calendarId);
		const { writer } = harness.provider;
		if (calendar === undefined || writer === null) throw new Error("the provider cannot write there");
		return new WriteClient(harness, account, found, calendar, writer);
	}

	private constructor(
		harness: ContractHarness,
		account: ContractAccount,
		found: Discovered,
		calendar: RemoteCalendar,
		writer: ResourceWriter,
	) {
		this.#harness = harness;
		this.#account = account;
		this.#found = found;
		this.#calendar = calendar;
		this.#writer = writer;
	}

	read(id: string): Promise<RemoteResource | null> {
		return this.#writer.read(this.#calendar, id, this.#context);
	}

	findCreated(draft: ResourceDraft): Promise<RemoteResource | null> {
		return this.#writer.findCreated(this.#calendar, draft, this.#context);
	}

	create(draft: ResourceDraft): Promise<RemoteResource> {
		return this.#writer.create(this.#calendar, draft, this.#context);
	}

	update(current: CurrentResource, events: readonly CalendarEvent[]): Promise<RemoteResource> {
		return this.#writer.update(this.#calendar, current, events, { responseOnly: false }, this.#context);
	}

	remove(current: CurrentResource): Promise<void> {
		return this.#writer.remove(this.#calendar, current, this.#context);
	}

	/** Null where the provider itself moves nothing. */
	move(current: CurrentResource, to: WriteClient): Promise<RemoteResource> | null {
		return this.#writer.move?.(this.#calendar, current, to.#calendar, this.#context) ?? null;
	}

	/** As the follower's, to be compared with it. */
	hashes(events: readonly CalendarEvent[]): readonly string[] {
		return hashesOf(events, this.#harness);
	}

	/**
	 * Does a write whose answers are lost after it took effect, and answers what it failed with; null where it found
	 * out by itself that it was done, as with a removal that is repeated.
	 */
	async losing(operation: WriteEffect, write: () => Promise<unknown>): Promise<ProviderFailure | null> {
		const { write: side } = this.#account;
		if (side?.loseAnswer !== undefined) side.loseAnswer(operation);
		else this.#losing = true;
		try {
			return await outcomeOf(write());
		} finally {
			this.#losing = false;
		}
	}

	get #context(): WriteContext {
		return {
			credentials: this.#found.credentials,
			settings: this.#found.settings,
			now: Date.now,
			random: Math.random,
			...(this.#account.tokens === undefined ? {} : { tokens: this.#account.tokens }),
			person: { email: "person@example.com", name: "The Person" },
			http: async (request) => {
				const response = await this.#harness.http(request);
				const hasEffect = !READS.has(request.method) && response.status < 300;
				if (!this.#losing || !hasEffect) return response;
				await response.discard();
				throw new TransportError("connection_lost", "lost by the test");
			},
		};
	}
}

/** The other side of an account, for those who say that they write. */
export function sideOf({ write }: ContractAccount): WrittenSide {
	if (write === undefined) throw new Error("the harness has no write and does not say so in lacks");
	return write;
}

const READS = new Set(["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"]);

/** @throws where it does not fail, or with anything but a ProviderFailure */
export async function failureOfWrite(write: Promise<unknown>): Promise<ProviderFailure> {
	const failure = await outcomeOf(write);
	if (failure === null) throw new Error("it did not fail");
	return failure;
}

async function outcomeOf(write: Promise<unknown>): Promise<ProviderFailure | null> {
	try {
		await write;
		return null;
	} catch (error) {
		if (error instanceof ProviderFailure) return error;
		throw error;
	}
}

/** All events of an iCalendar text. */
export function eventsIn(ics: string): readonly CalendarEvent[] {
	return parseCalendar(ics).groups.flatMap(({ events }) => [...events]);
}

export function draftOf(key: string, events: readonly CalendarEvent[], raw: string | null = null): ResourceDraft {
	return { key, events, raw };
}
