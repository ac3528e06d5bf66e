import { randomBytes } from "node:crypto";
import { seededRandom } from "@kalends/model";
import { type HttpTransport, TransportError } from "@kalends/providers";
import { loadConfig } from "../config.ts";
import { smtpTransport } from "../egress/smtp.ts";
import { newId } from "../ids.ts";
import type { JobName, JobPayloads, JobQueue } from "../jobs/queue.ts";
import { createLifecycle } from "../observability/lifecycle.ts";
import { createLogger } from "../observability/log.ts";
import { createMetrics } from "../observability/metrics.ts";
import type { Services } from "../services.ts";
import { createFollowers } from "../stream/followers.ts";
import { createKeyring } from "../vault/keyring.ts";
import { createVault } from "../vault/vault.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

export interface TestClock {
	readonly now: () => number;
	/** @param milliseconds may be negative: clocks jump back too */
	advance(milliseconds: number): void;
	set(instant: number | string): void;
}

export interface SentJob {
	readonly name: JobName;
	readonly payload: JobPayloads[JobName];
	readonly startAfter: Date | null;
}

export interface TestServices {
	readonly services: Services;
	readonly clock: TestClock;
	/** Log lines so far, parsed. */
	readonly logged: readonly Record<string, unknown>[];
	/** What the default queue was sent; empty when `jobs` is overridden. Not rolled back with its transaction. */
	readonly sentJobs: readonly SentJob[];
	/** Null when `db` is overridden. */
	readonly database: TestDatabase | null;
	close(): Promise<void>;
}

/** Where the test clock starts unless it is set. */
export const TEST_NOW = Date.parse("2026-12-01T12:00:00Z");

/**
 * Services for a test: its own database, a clock that moves only when told, seeded randomness, a log in memory, a
 * queue that records, no network and no providers. Everything can be overridden.
 */
export async function createTestServices(
	overrides: Partial<Services> = {},
	options: { readonly env?: Readonly<Record<string, string>>; readonly seed?: number } = {},
): Promise<TestServices> {
	const database = overrides.db === undefined ? await createTestDatabase() : null;
	const clock = testClock();
	const now = overrides.now ?? clock.now;
	const random = overrides.random ?? seededRandom(options.seed ?? 1);
	const logged: Record<string, unknown>[] = [];
	const sentJobs: SentJob[] = [];
	const config = overrides.config ?? loadConfig(options.env ?? {});
	const db = overrides.db ?? database?.db;
	if (db === undefined) throw new Error("no database");
	const services: Services = {
		config,
		log: createLogger({ level: "trace", destination: { write: (line) => logged.push(JSON.parse(line)) } }),
		vault: createVault(createKeyring(config.keys ?? [{ id: "test", key: randomBytes(32) }])),
		http: noNetwork,
		providers: new Map(),
		mail: config.mail === null ? null : smtpTransport(config.mail.server),
		jobs: recordingQueue(sentJobs),
		metrics: createMetrics(),
		lifecycle: createLifecycle(),
		followers: createFollowers(),
		newId: (prefix) => newId(prefix, now(), (size) => Uint8Array.from({ length: size }, () => random() * 256)),
		...overrides,
		db,
		now,
		random,
	};
	return { services, clock, logged, sentJobs, database, close: async () => database?.drop() };
}

function testClock(start = TEST_NOW): TestClock {
	let instant = start;
	return {
		now: () => instant,
		advance: (milliseconds) => {
			instant += milliseconds;
		},
		set: (to) => {
			instant = typeof to === "number" ? to : Date.parse(to);
		},
	};
}

const noNetwork: HttpTransport = async (request) => {
	throw new TransportError("address_blocked", `this test has no network, and ${request.url.host} was asked for`);
};

function recordingQueue(sent: SentJob[]): JobQueue {
	return {
		send: async (name, payload, options) => {
			sent.push({ name, payload, startAfter: options.startAfter ?? null });
		},
	};
}
