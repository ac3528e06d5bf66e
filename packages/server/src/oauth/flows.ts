import type { ProviderId } from "@kalends/providers";
import type { Selectable } from "kysely";
import { secretHash } from "../accounts/secret-hash.ts";
import type { OAuthFlowsTable } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { FLOW_SECONDS, flowProofs, newSecret, readFlowCookie, setFlowCookie } from "./flow-cookie.ts";
import type { CallbackPath } from "./redirect-uris.ts";

/**
 * Sign-ins under way, found by the hashes of what a browser brings: with accounts/directory.ts one of the few modules
 * that read without an owner, as they find out who that is.
 */

export type Flow = Selectable<OAuthFlowsTable>;

export interface NewFlow {
	/** Who connects an account; null: whoever the account turns out to be signs in. */
	readonly userId: string | null;
	readonly provider: ProviderId;
	readonly callback: CallbackPath;
	readonly access: "read" | "write";
	/** Vetted by `safeReturn`; null: a page says what came of it. */
	readonly returnTo: string | null;
}

/** A flow that a browser has begun. */
export interface BegunFlow {
	readonly flow: Flow;
	readonly state: string;
	readonly verifier: string;
	readonly nonce: string;
	/** Set-Cookie. */
	readonly cookie: string;
}

/** A flow that has come back to the browser that began it. */
export type ReturnedFlow = Omit<BegunFlow, "cookie">;

type Storing = Pick<Services, "db" | "config" | "now" | "newId">;

const TICKET_MS = 300_000;

/** @returns the secret of a link that begins the flow, once, within five minutes, in whichever browser opens it */
export async function makeTicket(services: Storing, flow: NewFlow): Promise<string> {
	const ticket = newSecret();
	await services.db
		.insertInto("oauth_flows")
		.values({
			...columnsOf(services, flow),
			ticket_hash: secretHash(ticket),
			state_hash: null,
			cookie_hash: null,
			expires_at: new Date(services.now() + TICKET_MS),
		})
		.execute();
	return ticket;
}

/** Begins a flow in the browser that asks at this moment. */
export async function beginFlow(services: Storing, flow: NewFlow): Promise<BegunFlow> {
	const secrets = newSecrets(services);
	const row = await services.db
		.insertInto("oauth_flows")
		.values({ ...columnsOf(services, flow), ticket_hash: null, ...secrets.columns })
		.returningAll()
		.executeTakeFirstOrThrow();
	return { flow: row, ...secrets.begun };
}

/**
 * Begins the flow of a ticket.
 * @param signedIn the user of the browser's session; a ticket of somebody else's is not taken
 * @returns null where there is no such ticket (any more)
 */
export async function redeemTicket(
	services: Storing,
	{
		ticket,
		provider,
		signedIn,
	}: { readonly ticket: string; readonly provider: ProviderId; readonly signedIn: string | null },
): Promise<BegunFlow | null> {
	const secrets = newSecrets(services);
	const row = await services.db
		.updateTable("oauth_flows")
		.set({ ticket_hash: null, ...secrets.columns })
		.where("ticket_hash", "=", secretHash(ticket))
		.where("provider", "=", provider)
		.where("expires_at", ">", new Date(services.now()))
		.$if(signedIn !== null, (query) => query.where("user_id", "=", signedIn))
		.returningAll()
		.executeTakeFirst();
	return row === undefined ? null : { flow: row, ...secrets.begun };
}

/**
 * Takes the flow of a state, which nobody can do twice: bound to the browser by its cookie, to the provider, to the
 * redirect URI, and to the user where the browser is signed in.
 * @returns null where anything of this is not so
 */
export async function takeFlow(
	services: Storing,
	asked: {
		readonly state: string;
		readonly provider: ProviderId;
		readonly callback: CallbackPath;
		readonly cookieHeader: string | undefined;
		readonly signedIn: string | null;
	},
): Promise<ReturnedFlow | null> {
	const { state, provider, callback, signedIn } = asked;
	const secret = readFlowCookie(services.config.url, state, asked.cookieHeader);
	if (secret === null) return null;
	const row = await services.db
		.deleteFrom("oauth_flows")
		.where("state_hash", "=", secretHash(state))
		.where("cookie_hash", "=", secretHash(secret))
		.where("provider", "=", provider)
		.where("callback", "=", callback)
		.where("expires_at", ">", new Date(services.now()))
		.$if(signedIn !== null, (query) =>
			query.where((eb) => eb.or([eb("user_id", "is", null), eb("user_id", "=", signedIn)])),
		)
		.returningAll()
		.executeTakeFirst();
	return row === undefined ? null : { flow: row, state, ...flowProofs(secret, state) };
}

/** Removes what nobody came back for. */
export async function pruneFlows({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
	await db.deleteFrom("oauth_flows").where("expires_at", "<=", new Date(now())).execute();
}

function newSecrets({ config, now }: Storing) {
	const state = newSecret();
	const secret = newSecret();
	return {
		columns: {
			state_hash: secretHash(state),
			cookie_hash: secretHash(secret),
			expires_at: new Date(now() + FLOW_SECONDS * 1000),
		},
		begun: { state, ...flowProofs(secret, state), cookie: setFlowCookie(config.url, state, secret) },
	};
}

function columnsOf({ newId, now }: Storing, { userId, provider, callback, access, returnTo }: NewFlow) {
	return {
		id: newId("vrf"),
		user_id: userId,
		provider,
		callback,
		access,
		return_to: returnTo,
		created_at: new Date(now()),
	};
}
