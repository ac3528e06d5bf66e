import type { ProviderId } from "@kalends/providers";
import type { Services } from "../services.ts";
import { VaultError } from "../vault/vault.ts";
import { revokeToken } from "./client.ts";
import { OAuthFailure } from "./failure.ts";
import { type GrantKey, readGrant } from "./grants.ts";
import type { Asking } from "./server.ts";

/** What to give back to the provider when a connection is removed. */
export interface Revocation {
	readonly provider: ProviderId;
	readonly token: string;
	readonly connectionId: string;
}

/** A person waits for it. */
const WITHIN_MS = 5_000;

/**
 * The token whose revocation ends the consent; to be read before the connection is erased.
 * @returns null where there is none, or where the account is connected elsewhere on this server too: providers end the
 * consent as a whole, whoever holds tokens of it
 */
export async function revocationOf(
	services: Pick<Services, "db" | "vault" | "log">,
	key: GrantKey,
): Promise<Revocation | null> {
	const connection = await services.db
		.selectFrom("connections")
		.select(["provider", "identity"])
		.where("user_id", "=", key.userId)
		.where("id", "=", key.connectionId)
		.executeTakeFirst();
	if (connection === undefined) return null;
	try {
		const grant = await readGrant(services.db, services.vault, key);
		if (grant === null || (await isConnectedElsewhere(services, key, connection))) return null;
		const token = grant.tokens.refreshToken ?? grant.tokens.accessToken;
		return { provider: connection.provider, token, connectionId: key.connectionId };
	} catch (error) {
		if (!(error instanceof VaultError)) throw error;
		services.log.warn({ connection_id: key.connectionId, err: error }, "a consent cannot be given back");
		return null;
	}
}

/** As `revocationOf`, of all connections of a user who is to be removed. */
export async function revocationsOfUser(
	services: Pick<Services, "db" | "vault" | "log">,
	userId: string,
): Promise<readonly Revocation[]> {
	const grants = await services.db
		.selectFrom("oauth_grants")
		.select("connection_id as connectionId")
		.where("user_id", "=", userId)
		.execute();
	const found: Revocation[] = [];
	for (const { connectionId } of grants) {
		const revocation = await revocationOf(services, { userId, connectionId });
		if (revocation !== null) found.push(revocation);
	}
	return found;
}

/** Best effort: the tokens are erased here whatever the provider answers. @throws nothing that the provider causes */
export async function revoke(services: Asking, { provider, token, connectionId }: Revocation): Promise<void> {
	try {
		await revokeToken(services, provider, token, AbortSignal.timeout(WITHIN_MS));
	} catch (error) {
		if (!(error instanceof OAuthFailure)) throw error;
		const fields = { connection_id: connectionId, provider, kind: error.kind, detail: error.message };
		services.log.warn(fields, "the provider did not take a consent back");
	}
}

/** Looks across users, and learns nothing but whether there is one. */
async function isConnectedElsewhere(
	{ db }: Pick<Services, "db">,
	key: GrantKey,
	{ provider, identity }: { readonly provider: ProviderId; readonly identity: string | null },
): Promise<boolean> {
	const other = await db
		.selectFrom("connections")
		.select("id")
		.where("provider", "=", provider)
		.where("identity", "=", identity)
		.where("id", "!=", key.connectionId)
		.limit(1)
		.executeTakeFirst();
	return other !== undefined;
}
