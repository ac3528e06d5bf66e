import type { Pool } from "pg";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/**
 * What `/metrics` shows. One registry for each server, injected: nothing is registered globally.
 * Labels never hold ids, addresses or anything else that a person typed.
 */
export interface Metrics {
	readonly registry: Registry;
	/** Seconds from request to answer, by route pattern (not path). */
	readonly httpRequestSeconds: Histogram<"method" | "route" | "status">;
	/** Seconds of outgoing exchanges; `outcome` is the status class (`2xx`) or the transport's error code. */
	readonly egressRequestSeconds: Histogram<"method" | "outcome">;
	readonly syncRuns: Counter<"provider" | "trigger" | "state">;
	readonly syncSeconds: Histogram<"provider">;
	/** Events written by syncs; `change` is created, updated or deleted. */
	readonly syncedEvents: Counter<"provider" | "change">;
	/** Failures by `ProviderFailureKind`. */
	readonly providerFailures: Counter<"provider" | "kind">;
	/** Calls within a budget; `outcome` is sent, or held: the budget was spent at that moment. */
	readonly providerCalls: Counter<"provider" | "kind" | "outcome">;
	/** Share of the quota of all accounts together that was leased in the last minute, at this server's last lease. */
	readonly providerBudgetUsed: Gauge<"provider">;
	/** Claims of local writes ended; `outcome` is how (push/push-intent.ts). */
	readonly pushes: Counter<"provider" | "kind" | "outcome">;
	/** Local writes that the provider has not agreed to; counted by the working servers every ten seconds. */
	readonly openIntents: Gauge<"state">;
	/** Attempts to deliver webhooks; `outcome` is delivered, failed or gone. */
	readonly webhookDeliveries: Counter<"outcome">;
	/** Attempts to deliver mails; `outcome` is sent, deferred or failed. */
	readonly mails: Counter<"kind" | "outcome">;
	readonly reminders: Counter<"channel">;
	readonly jobs: Counter<"name" | "outcome">;
	readonly jobSeconds: Histogram<"name">;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** @param options.process also collect the process's own figures (memory, CPU, event loop); off in tests */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
	const registry = new Registry();
	if (options.process === true) collectDefaultMetrics({ register: registry });
	const registers = [registry];
	const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
		new Histogram<L>({ name: `kalends_${name}`, help, labelNames, buckets: SECONDS, registers });
	const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
		new Counter<L>({ name: `kalends_${name}`, help, labelNames, registers });
	return {
		registry,
		httpRequestSeconds: histogram("http_request_seconds", "Requests answered", ["method", "route", "status"]),
		egressRequestSeconds: histogram("egress_request_seconds", "Outgoing HTTP exchanges", ["method", "outcome"]),
		syncRuns: counter("sync_runs_total", "Sync runs ended", ["provider", "trigger", "state"]),
		syncSeconds: histogram("sync_seconds", "Duration of sync runs", ["provider"]),
		syncedEvents: counter("synced_events_total", "Events written by syncs", ["provider", "change"]),
		providerFailures: counter("provider_failures_total", "Failures of providers", ["provider", "kind"]),
		providerCalls: counter("provider_calls_total", "Calls of providers that have a quota", [
			"provider",
			"kind",
			"outcome",
		]),
		providerBudgetUsed: new Gauge({
			name: "kalends_provider_budget_used_ratio",
			help: "Share of the provider's quota for all accounts that was taken in the last minute",
			labelNames: ["provider"],
			registers,
		}),
		pushes: counter("pushes_total", "Tries to bring a local write to its provider", ["provider", "kind", "outcome"]),
		openIntents: new Gauge({
			name: "kalends_open_intents",
			help: "Local writes that the provider has not agreed to yet",
			labelNames: ["state"],
			registers,
		}),
		webhookDeliveries: counter("webhook_attempts_total", "Attempts to deliver webhooks", ["outcome"]),
		mails: counter("mail_attempts_total", "Attempts to deliver mails", ["kind", "outcome"]),
		reminders: counter("reminders_total", "Reminders given", ["channel"]),
		jobs: counter("jobs_total", "Background jobs ended", ["name", "outcome"]),
		jobSeconds: histogram("job_seconds", "Duration of background jobs", ["name"]),
	};
}

/** Streams of changes that this process serves, looked up whenever somebody asks. */
export function observeStreams(metrics: Metrics, followers: { readonly count: number }): void {
	new Gauge({
		name: "kalends_streams",
		help: "Streams of changes that are open",
		registers: [metrics.registry],
		collect() {
			this.set(followers.count);
		},
	});
}

/** Connections of the pool and who waits for one, looked up whenever somebody asks. */
export function observePool(metrics: Metrics, pool: Pick<Pool, "totalCount" | "idleCount" | "waitingCount">): void {
	new Gauge({
		name: "kalends_database_connections",
		help: "Connections of the pool, and requests that wait for one",
		labelNames: ["state"],
		registers: [metrics.registry],
		collect() {
			this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
			this.set({ state: "idle" }, pool.idleCount);
			this.set({ state: "waiting" }, pool.waitingCount);
		},
	});
}
