import { setTimeout as delay } from "node:timers/promises";
import { type AccessTokens, ProviderFailure, type ProviderId } from "@kalends/providers";
import type { Kysely } from "kysely";
import { isPassing } from "../db/away.ts";
import type { Consent, Database, RefreshFailure } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { refreshTokens, type TokenSet } from "./client.ts";
import { OAuthFailure, tokenFailure } from "./failure.ts";
import { claimGrant, type Grant, type GrantKey, readGrant, storeFailure, storeRefreshed } from "./grants.ts";

export type Refreshing = Pick<Services, "db" | "vault" | "config" | "http" | "log" | "now">;

/** The parts of a connection's row that say whose tokens are asked for. */
export interface TokenOwner {
	readonly user_id: string;
	readonly id: string;
	readonly provider: ProviderId;
	readonly scopes: readonly string[];
	readonly consent: Consent | null;
}

/** Between two looks at what another process does. */
const LOOK_EVERY_MS = 100;
/** Longer than a claim holds, so that a dead holder is always followed by somebody. */
const WAIT_MS = 45_000;
/** How long a token that came is held while the database is away. */
const STORE_MS = 20_000;

/** Renewals of this process, by database and connection: who comes later waits for the same. */
const underWay = new WeakMap<Kysely<Database>, Map<string, Promise<string>>>();

/**
 * The access tokens of a connection: read from the database each time, refreshed ahead of their end by whoever first finds
 * that it is time, over all processes (R9).
 */
export function accessTokens(services: Refreshing, owner: TokenOwner): AccessTokens {
	const key: GrantKey = { userId: owner.user_id, connectionId: owner.id };
	return {
		scopes: owner.scopes,
		async get(rejected) {
			if (owner.consent?.access === null) {
				const message = "the person did not allow Kalends to read the calendars";
				throw new ProviderFailure("scope_missing", { reason: "scope_not_granted", message });
			}
			const grant = await readGrant(services.db, services.vault, key);
			const usable = grant === null ? null : usableToken(grant, rejected);
			return usable ?? renewTogether(services, owner.provider, key, rejected);
		},
	};
}

/** The stored token, unless it should be replaced first. */
function usableToken({ tokens, due }: Grant, rejected: string | undefined): string | null {
	return due || tokens.accessToken === rejected ? null : tokens.accessToken;
}

/** The stored token, if the provider takes it still: better than none. */
function lastToken({ tokens, expired }: Grant, rejected: string | undefined): string | null {
	return expired || tokens.accessToken === rejected ? null : tokens.accessToken;
}

async function renewTogether(
	services: Refreshing,
	provider: ProviderId,
	key: GrantKey,
	rejected: string | undefined,
): Promise<string> {
	const renewals = underWay.get(services.db) ?? new Map<string, Promise<string>>();
	underWay.set(services.db, renewals);
	const name = JSON.stringify([key.userId, key.connectionId, rejected ?? null]);
	const renewal = renewals.get(name) ?? renew(services, provider, key, rejected).finally(() => renewals.delete(name));
	renewals.set(name, renewal);
	return renewal;
}

async function renew(
	services: Refreshing,
	provider: ProviderId,
	key: GrantKey,
	rejected: string | undefined,
): Promise<string> {
	const deadline = performance.now() + WAIT_MS;
	for (let waitedFor: number | null = null; ; ) {
		const grant = await readGrant(services.db, services.vault, key);
		if (grant === null) throw ended("the connection holds no tokens");
		const usable = usableToken(grant, rejected);
		if (usable !== null) return usable;
		const { failure } = grant;
		if (failure !== null && failure.fence === waitedFor) return lastToken(grant, rejected) ?? raise(failure);
		if (grant.claimed) {
			const last = lastToken(grant, rejected);
			if (last !== null) return last;
			waitedFor = grant.fence;
			if (performance.now() > deadline) {
				// Says nothing of the consent: another attempt may find the token renewed.
				const message = "another process is renewing the access token and has not ended";
				throw new ProviderFailure("unavailable", { reason: "timeout", message });
			}
			await delay(LOOK_EVERY_MS);
			continue;
		}
		const fence = await claimGrant(services.db, key, grant.fence);
		if (fence === null) continue;
		const renewed = await refresh(services, provider, key, { ...grant, fence });
		// Somebody else has it by now: what they stored counts.
		if (renewed === null) continue;
		if (typeof renewed === "string") return renewed;
		return lastToken(grant, rejected) ?? raise(renewed);
	}
}

/** One call of the token endpoint under a claim. Null where the claim was lost meanwhile. */
async function refresh(
	services: Refreshing,
	provider: ProviderId,
	key: GrantKey,
	{ tokens: { refreshToken }, fence }: Grant,
): Promise<string | RefreshFailure | null> {
	const started = services.now();
	let refreshed: TokenSet;
	try {
		if (refreshToken === null) throw new OAuthFailure("grant_refused", "the provider gave no refresh token");
		refreshed = await refreshTokens(services, provider, refreshToken);
	} catch (error) {
		if (!(error instanceof OAuthFailure)) throw error;
		const { kind, reason, message, retryAfter } = tokenFailure(error);
		const failure: RefreshFailure = { fence, kind, reason, message, retryAfter: retryAfter ?? null };
		services.log.warn(
			{ user_id: key.userId, connection_id: key.connectionId, kind, reason, detail: message },
			"no new access token",
		);
		return (await whenBack(() => storeFailure(services.db, key, failure))) ? failure : null;
	}
	const next = { ...refreshed, refreshToken: refreshed.refreshToken ?? refreshToken };
	const stored = await whenBack(() => storeRefreshed(services.db, services.vault, key, fence, next));
	services.log.debug({ connection_id: key.connectionId, ms: services.now() - started, stored }, "access token renewed");
	return stored ? refreshed.accessToken : null;
}

/** A strict provider takes no refresh token twice, so what came is stored as soon as the database is back (R10). */
async function whenBack<T>(store: () => Promise<T>): Promise<T> {
	const deadline = performance.now() + STORE_MS;
	for (;;) {
		try {
			return await store();
		} catch (error) {
			if (!isPassing(error) || performance.now() > deadline) throw error;
			await delay(LOOK_EVERY_MS);
		}
	}
}

function raise({ kind, reason, message, retryAfter }: RefreshFailure): never {
	throw new ProviderFailure(kind, { reason, message, ...(retryAfter === null ? {} : { retryAfter }) });
}

function ended(message: string): ProviderFailure {
	return new ProviderFailure("auth_revoked", { reason: "grant_revoked", message });
}
