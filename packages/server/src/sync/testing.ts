import type { CalendarEvent, EventDateTime } from "@kalends/model";
import { event as anyEvent, zoned } from "@kalends/model/testing";
import type { CalendarProvider, ProviderId } from "@kalends/providers";
import { type MemoryControl, type MemoryProviderOptions, memoryProvider } from "@kalends/providers/testing";
import { sealCredentials } from "../connections/credentials.ts";
import type { RunTrigger } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { createRun } from "./create-run.ts";
import { performRun } from "./run.ts";

/** A connected user whose calendars lie in the in-memory provider, on a database of its own. */
export interface SyncFixture extends TestServices {
	readonly control: MemoryControl;
	readonly userId: string;
	readonly connectionId: string;
	/** Makes a run and performs it to its end; answers its id. */
	sync(trigger?: RunTrigger): Promise<string>;
	makeRun(trigger?: RunTrigger): Promise<string>;
	perform(runId: string, services?: Services, signal?: AbortSignal): Promise<void>;
}

export async function createSyncFixture(
	options: MemoryProviderOptions & {
		readonly seed?: number;
		readonly wrap?: (provider: CalendarProvider) => CalendarProvider;
		readonly env?: Readonly<Record<string, string>>;
	} = {},
): Promise<SyncFixture> {
	const { provider, control } = memoryProvider(options);
	const wrapped = options.wrap?.(provider) ?? provider;
	const test = await createTestServices(
		{ providers: new Map([[provider.id, wrapped]]) },
		{
			...(options.seed === undefined ? {} : { seed: options.seed }),
			...(options.env === undefined ? {} : { env: options.env }),
		},
	);
	const { services } = test;
	const userId = services.newId("usr");
	await services.db
		.insertInto("users")
		.values({ id: userId, email: `${userId}@example.com`, name: "Ada" })
		.execute();
	const connectionId = await connectAccount(services, control, {
		userId,
		provider: provider.id,
		account: "ada",
		name: "Ada's",
	});
	const makeRun = async (trigger: RunTrigger = "manual") => {
		const run = await services.db
			.transaction()
			.execute((tx) => createRun(tx, services, { userId, connectionId, trigger }));
		return run.id;
	};
	const perform = (runId: string, using = services, signal = new AbortController().signal) =>
		performRun(using, { userId, connectionId, runId }, signal);
	return {
		...test,
		control,
		userId,
		connectionId,
		makeRun,
		perform,
		sync: async (trigger) => {
			const runId = await makeRun(trigger);
			await perform(runId);
			return runId;
		},
	};
}

/** Makes an account at the in-memory provider, and connects it; answers the connection's id. */
export async function connectAccount(
	services: Services,
	control: MemoryControl,
	account: {
		readonly userId: string;
		readonly provider: ProviderId;
		readonly account: string;
		readonly name: string;
	},
): Promise<string> {
	const { username = "", password = "" } = control.addAccount(account.account, "secret");
	const key = { user_id: account.userId, id: services.newId("con") };
	const at = new Date(services.now());
	await services.db
		.insertInto("connections")
		.values({
			...key,
			provider: account.provider,
			name: account.name,
			account: account.account,
			status: "active",
			status_since: at,
			credentials: sealCredentials(services.vault, key, { username, password }),
			created_at: at,
			next_sync_at: at,
		})
		.execute();
	return key.id;
}

/** A UTC time of December 2026, when the test clock runs. */
export function at(day: number, hour = 9): EventDateTime {
	return zoned(`2026-12-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00`);
}

export function event(patch: Partial<CalendarEvent> & { readonly uid: string }): CalendarEvent {
	return anyEvent({ title: "Lunch", start: at(2), ...patch });
}

export interface StoredState {
	readonly events: readonly { id: string; title: string; version: number; kind: string }[];
	readonly occurrences: readonly string[];
	readonly changes: readonly { seq: number; type: string; entity_id: string; fields: string[] | null }[];
}

/** What a user has, in a stable order. */
export async function storedState({ services, userId }: SyncFixture): Promise<StoredState> {
	const { db } = services;
	const [events, occurrences, changes] = await Promise.all([
		db
			.selectFrom("events")
			.select(["id", "kind", "version", "data"])
			.where("user_id", "=", userId)
			.orderBy("id")
			.execute(),
		db
			.selectFrom("occurrences")
			.select(["event_id", "starts_at"])
			.where("user_id", "=", userId)
			.orderBy("event_id")
			.execute(),
		db
			.selectFrom("changes")
			.select(["seq", "type", "entity_id", "fields"])
			.where("user_id", "=", userId)
			.orderBy("seq")
			.execute(),
	]);
	return {
		events: events.map(({ id, kind, version, data }) => ({ id, kind, version, title: data.title })),
		occurrences: occurrences.map((row) => `${row.event_id} ${row.starts_at.toISOString()}`),
		changes,
	};
}
