import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import {
	type CalendarProvider,
	type HttpRequest,
	type HttpTransport,
	ProviderFailure,
	TransportError,
} from "@kalends/providers";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { type BudgetKey, leaseUnits } from "./lease.ts";
import { Permits } from "./permits.ts";
import { usedLately } from "./window.ts";

/** Of each quota writes leave this share to reads, so that no storm of writes stops a sync. */
const READ_SHARE = 0.2;
/** A call is held back so long at the most; who would have to wait longer is told when to come again. */
const HELD_MS = 5_000;
const MANY_POOLS = 1_000;

type Spending = Pick<Services, "db" | "random"> & Partial<Pick<Services, "metrics">>;

export interface Account {
	readonly userId: string;
	readonly connectionId: string;
}

/** The permits of this process, by database and budget. */
const pools = new WeakMap<Kysely<Database>, Map<string, Permits>>();

/**
 * A transport that keeps a provider's quota: over all processes that share the database, for the account and for all
 * accounts together (docs/decisions/0013-call-budgets.md). Providers that name no quota are given theirs back unchanged.
 * The transport throws a ProviderFailure `rate_limited` where the budget is spent for longer than a call is worth holding.
 *
 * @param account null: one that is being connected, which counts among all alone
 */
export function withinBudget(
	services: Spending,
	{ id, quota }: Pick<CalendarProvider, "id" | "quota">,
	account: Account | null,
	http: HttpTransport,
): HttpTransport {
	if (quota === undefined) return http;
	return async (request) => {
		const units = quota.unitsOf(request.method);
		const kind = isRead(request.method) ? "read" : "write";
		const permits = [
			...(account === null ? [] : [poolFor(services, id, account, quota.perAccount, kind)]),
			poolFor(services, id, { provider: id }, quota.perProject, kind),
		];
		await permitted(services, request, permits, units, () =>
			services.metrics?.providerCalls.inc({ provider: id, kind, outcome: "held" }),
		);
		services.metrics?.providerCalls.inc({ provider: id, kind, outcome: "sent" });
		return http(request);
	};
}

function isRead(method: string): boolean {
	return method === "GET" || method === "HEAD";
}

async function permitted(
	{ random }: Spending,
	{ url, signal }: HttpRequest,
	permits: readonly Permits[],
	units: number,
	onHeld: () => void,
): Promise<void> {
	const deadline = performance.now() + HELD_MS;
	for (;;) {
		const wait = await takeAll(permits, units);
		if (wait === 0) return;
		onHeld();
		// Spread, so that those who were held do not all come back at once.
		const seconds = wait * (1 + random() / 4);
		if (performance.now() + seconds * 1000 > deadline) {
			throw new ProviderFailure("rate_limited", {
				reason: "rate_limited",
				message: `the calls that ${url.host} takes in a minute are used up`,
				retryAfter: Math.ceil(seconds),
			});
		}
		await delay(seconds * 1000, undefined, { signal }).catch((cause: unknown) => {
			throw new TransportError("aborted", `${url.host}: the request was cancelled.`, { cause });
		});
	}
}

/** Of all or of none. @returns seconds to wait; 0: taken */
async function takeAll(permits: readonly Permits[], units: number): Promise<number> {
	const waits = await Promise.all(permits.map((each) => each.take(units)));
	const longest = Math.max(...waits);
	if (longest > 0) {
		for (const [index, each] of permits.entries()) if (waits[index] === 0) each.giveBack(units);
	}
	return longest;
}

function poolFor(services: Spending, provider: string, key: BudgetKey, quota: number, kind: "read" | "write"): Permits {
	const { db, metrics } = services;
	const known = pools.get(db) ?? new Map<string, Permits>();
	pools.set(db, known);
	const isProject = "provider" in key;
	const name = isProject ? `${provider} ${kind}` : `${key.userId} ${key.connectionId} ${kind}`;
	const found = known.get(name);
	if (found !== undefined) return found;
	if (known.size >= MANY_POOLS) for (const [other, pool] of known) if (pool.idle) known.delete(other);
	const made = new Permits({
		limit: kind === "read" ? quota : Math.floor(quota * (1 - READ_SHARE)),
		first: 10,
		most: Math.max(10, Math.floor(quota / 50)),
		lease: (request) => leaseUnits(db, key, request),
		clock: () => performance.now(),
		...(isProject && metrics !== undefined
			? { observe: (usage) => metrics.providerBudgetUsed.set({ provider }, usedLately(usage) / quota) }
			: {}),
	});
	known.set(name, made);
	return made;
}
