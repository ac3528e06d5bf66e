import { type ProviderId, TransportError } from "@kalends/providers";
import { sql } from "kysely";
import { pushAddress } from "../channels/address.ts";
import type { Services } from "../services.ts";
import { CheckFailure } from "./check-failure.ts";
import { refreshTokens } from "./client.ts";
import { OAuthFailure } from "./failure.ts";
import { checkRedirectUris } from "./redirect-checkup.ts";
import { oauthSettings, providerName } from "./registry.ts";
import { issuerName } from "./server.ts";

/**
 * What `kalends doctor` and the checklist of administrators look at, of providers that are signed in to by OAuth.
 * Each throws a CheckFailure: a sentence with the fix.
 */

export interface Checkup {
	readonly check: string;
	readonly work: () => Promise<string>;
}

export type Examined = Pick<Services, "config" | "db" | "http" | "log" | "now" | "providers">;

/** Clocks that differ by more make certificates, codes and tokens look expired, seconds. */
const CLOCK_MOST = 60;

export function oauthCheckups(examined: Examined): readonly Checkup[] {
	const { config, providers } = examined;
	const offered = [...providers.values()].filter(({ consent }) => consent !== undefined);
	const each = offered.flatMap(({ id }): Checkup[] => {
		const client = oauthSettings(config, id)?.client ?? null;
		if (client === null) {
			const work = async () => `not set up; docs/${id}.md says how to connect ${providerName(id)} accounts`;
			return [{ check: id, work }];
		}
		return [
			{ check: `${id} redirect URIs`, work: () => checkRedirectUris(examined, id, client) },
			{ check: `${id} client`, work: () => acceptsClient(examined, id) },
			{ check: `${id} clock`, work: () => sameClock(examined, id) },
			{ check: `${id} consents`, work: () => consents(examined, id) },
		];
	});
	return [
		...each,
		{ check: "database clock", work: () => databaseClock(examined) },
		{ check: "public address", work: () => publicAddress(examined) },
	];
}

/** A refresh token that cannot exist is refused as such only by a provider that has accepted the client. */
async function acceptsClient(examined: Examined, provider: ProviderId): Promise<string> {
	try {
		await refreshTokens(examined, provider, "kalends-doctor");
	} catch (error) {
		if (!(error instanceof OAuthFailure)) throw error;
		if (error.kind === "grant_refused") return "the provider accepts the client id and secret";
		if (error.kind === "client_refused") {
			throw new CheckFailure(
				"client_refused",
				`${error.message}: the client id or secret is wrong, or the client was deleted. Copy both anew (docs/${provider}.md).`,
			);
		}
		throw new CheckFailure("unreachable", `${error.message}. Check the network, and ${issuerOf(examined, provider)}.`);
	}
	return "the provider accepts the client id and secret";
}

async function sameClock(examined: Examined, provider: ProviderId): Promise<string> {
	const issuer = issuerOf(examined, provider);
	const url = new URL(`${issuer}/.well-known/openid-configuration`);
	const theirs = await dateOf(examined, url);
	if (Number.isNaN(theirs)) return `${url.host} does not tell its time`;
	return agreeing((examined.now() - theirs) / 1000, url.host);
}

/** Epoch milliseconds; NaN where it tells none. */
async function dateOf({ http }: Examined, url: URL): Promise<number> {
	try {
		const answer = await http({ method: "GET", url, trusted: true, timeoutMs: 10_000, maxBytes: 1_000_000 });
		await answer.discard();
		return Date.parse(answer.headers.get("date") ?? "");
	} catch (error) {
		if (!(error instanceof TransportError)) throw error;
		throw new CheckFailure(
			"unreachable",
			`${url.host} could not be reached to compare clocks (${error.message}). Check the network, and ${url.origin}.`,
		);
	}
}

async function databaseClock({ db, now }: Examined): Promise<string> {
	const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at`.execute(db);
	return agreeing((now() - (rows[0]?.at.getTime() ?? 0)) / 1000, "the database");
}

function agreeing(seconds: number, other: string): string {
	const apart = Math.round(Math.abs(seconds));
	if (apart > CLOCK_MOST) {
		throw new CheckFailure(
			"clock_differs",
			`this machine's clock is ${apart} seconds ${seconds > 0 ? "ahead of" : "behind"} that of ${other}. Let it be set by NTP.`,
		);
	}
	return `agrees with ${other} (${apart} s)`;
}

async function consents({ db }: Examined, provider: ProviderId): Promise<string> {
	const rows = await db
		.selectFrom("connections")
		.select((eb) => ["status_reason", eb.fn.countAll<number>().as("count")])
		.where("provider", "=", provider)
		.groupBy("status_reason")
		.execute();
	const count = (reason: string) => rows.find(({ status_reason }) => status_reason === reason)?.count ?? 0;
	const all = rows.reduce((sum, row) => sum + row.count, 0);
	const limited = count("scope_not_granted");
	const ended = count("grant_revoked") + count("token_refused");
	const counts = `${all} connections: ${limited} lack a scope that was asked for, ${ended} have to be connected again`;
	if (limited + ended === 0) return counts;
	const box = limited === 0 ? "" : ", and tick every box on the consent page";
	return `${counts}. Their owners have to connect the same account again in Settings, Calendar integration${box}`;
}

/** Push messages come from the internet; without a public https address calendars are polled. */
async function publicAddress({ config, http, providers }: Examined): Promise<string> {
	if (config.url.protocol !== "https:") {
		const near = [...providers.values()].filter((provider) => pushAddress(config, provider) !== null);
		const names = near.map(({ id }) => providerName(id)).join(" and ");
		if (near.length > 0)
			return `${config.url.origin}: push from ${names}, which is set to be reached by plain http too`;
		return `${config.url.origin} is not https: calendars are polled, no push`;
	}
	const url = new URL("/healthz", config.url);
	try {
		const answer = await http({ method: "GET", url, trusted: true, timeoutMs: 10_000, maxBytes: 100_000 });
		await answer.discard();
		if (answer.status === 200) return `${config.url.origin} answers`;
		throw new CheckFailure(
			"url_wrong",
			`${url.href} answers ${answer.status}. Check the proxy in front of Kalends, and KALENDS_URL.`,
		);
	} catch (error) {
		if (error instanceof CheckFailure) throw error;
		const why = error instanceof Error ? error.message : String(error);
		throw new CheckFailure(
			"url_unreachable",
			`${url.href} cannot be reached (${why}). Start the server, and check the proxy, its certificate and KALENDS_URL.`,
		);
	}
}

function issuerOf({ config }: Examined, provider: ProviderId): string {
	const settings = oauthSettings(config, provider);
	return settings === null ? provider : issuerName(settings.issuer);
}
