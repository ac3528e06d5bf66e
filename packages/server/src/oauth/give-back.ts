import { type AccessTokens, ProviderFailure, type PushChannel } from "@kalends/providers";
import { withinBudget } from "../budgets/budgeted-transport.ts";
import type { Services } from "../services.ts";
import { VaultError } from "../vault/vault.ts";
import { refreshTokens, revokeToken } from "./client.ts";
import { type ClaimedReturn, claimReturn, eraseReturn, keepReturn, type ReturnKey } from "./consent-returns.ts";
import { OAuthFailure, tokenFailure } from "./failure.ts";
import type { StoredTokens } from "./grants.ts";

/** A person waits for the first try. */
const STOP_WITHIN_MS = 3_000;
const REVOKE_WITHIN_MS = 5_000;
/** So many tries wait for channels to be stopped; then the consent, without which none can be, counts for more. */
const TRIES_FOR_CHANNELS = 2;

/**
 * One try to stop what watches an account and to end its consent, unless the account is connected on this server: providers
 * end a consent as a whole, whoever holds tokens of it. Erases the tokens when it is done, and after the last try.
 * @throws nothing that the provider causes
 */
export async function giveBack(services: Services, key: ReturnKey, signal?: AbortSignal): Promise<void> {
	const claimed = await claim(services, key);
	if (claimed === null) return;
	const within = (ms: number) => AbortSignal.any([AbortSignal.timeout(ms), ...(signal === undefined ? [] : [signal])]);
	const tokens = lastingTokens(services, claimed);
	const channels = await stopAll(services, claimed, tokens, within(STOP_WITHIN_MS));
	const waits = channels.length > 0 && claimed.attempts <= TRIES_FOR_CHANNELS;
	const ended = !waits && (await endConsent(services, claimed, tokens.held(), within(REVOKE_WITHIN_MS)));
	if (ended) return eraseReturn(services, key);
	if (claimed.last) {
		await eraseReturn(services, key);
		const fields = { user_id: key.userId, provider: claimed.provider, attempts: claimed.attempts };
		services.log.warn(fields, "a consent was not taken back within a day: its token is erased");
		return;
	}
	await keepReturn(services, key, { tokens: tokens.held(), channels });
}

async function claim(services: Services, key: ReturnKey): Promise<ClaimedReturn | null> {
	try {
		return await claimReturn(services, key);
	} catch (error) {
		if (!(error instanceof VaultError)) throw error;
		await eraseReturn(services, key);
		services.log.warn({ user_id: key.userId, err: error }, "a consent cannot be given back");
		return null;
	}
}

/** True when there is nothing left to do. */
async function endConsent(
	services: Services,
	claimed: ClaimedReturn,
	{ refreshToken, accessToken }: StoredTokens,
	signal: AbortSignal,
): Promise<boolean> {
	if (await isConnected(services, claimed)) return true;
	try {
		await revokeToken(services, claimed.provider, refreshToken ?? accessToken, signal);
		return true;
	} catch (error) {
		if (!(error instanceof OAuthFailure)) throw error;
		const { kind, message: detail } = error;
		const fields = { user_id: claimed.userId, provider: claimed.provider, attempts: claimed.attempts, kind, detail };
		services.log.warn(fields, "the provider did not take a consent back");
		return false;
	}
}

/** Looks across users, and learns nothing but whether there is one. */
async function isConnected({ db }: Pick<Services, "db">, { provider, identity }: ClaimedReturn): Promise<boolean> {
	const other = await db
		.selectFrom("connections")
		.select("id")
		.where("provider", "=", provider)
		.where("identity", "=", identity)
		.limit(1)
		.executeTakeFirst();
	return other !== undefined;
}

/** @returns those that may be stopped another time */
async function stopAll(
	services: Services,
	{ provider: id, secrets, attempts, userId }: ClaimedReturn,
	tokens: AccessTokens,
	signal: AbortSignal,
): Promise<readonly PushChannel[]> {
	const provider = services.providers.get(id);
	const { now, random } = services;
	if (provider?.push === undefined) return [];
	const { push } = provider;
	const http = withinBudget(services, provider, null, services.http);
	const context = { http, now, random, signal, tokens, settings: {}, credentials: {} };
	const left = await Promise.all(
		secrets.channels
			.filter(({ expiresAt }) => expiresAt > now())
			.map(async (channel) => {
				try {
					await push.stop(channel, context);
					return [];
				} catch (error) {
					if (!(error instanceof ProviderFailure)) throw error;
					const { kind, reason, message: detail } = error;
					const fields = { user_id: userId, provider: id, attempts, reason, detail };
					services.log.info(fields, "a push channel was not stopped");
					return kind === "unavailable" || kind === "rate_limited" ? [channel] : [];
				}
			}),
	);
	return left.flat();
}

/** The tokens that are kept, with a new access token where the provider takes the old one no longer. */
function lastingTokens(
	services: Services,
	{ provider, secrets }: ClaimedReturn,
): AccessTokens & { held(): StoredTokens } {
	let held = secrets.tokens;
	let renewal: Promise<void> | null = null;
	const renew = async () => {
		if (held.refreshToken === null) {
			const message = "the provider gave no refresh token";
			throw new ProviderFailure("auth_revoked", { reason: "grant_revoked", message });
		}
		try {
			const { accessToken, refreshToken } = await refreshTokens(services, provider, held.refreshToken);
			held = { accessToken, refreshToken: refreshToken ?? held.refreshToken };
		} catch (error) {
			throw error instanceof OAuthFailure ? tokenFailure(error) : error;
		}
	};
	return {
		held: () => held,
		get: async (rejected) => {
			if (rejected === held.accessToken) {
				renewal ??= renew();
				await renewal;
			}
			return held.accessToken;
		},
	};
}
