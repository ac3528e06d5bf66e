import type { ProviderId } from "@kalends/providers";
import type { Selectable } from "kysely";
import { secretHash } from "../accounts/secret-hash.ts";
import type { Config } from "../config.ts";
import type { OAuthFlowsTable } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { FLOW_SECONDS, flowProofs, newSecret, readFlowCookie, setFlowCookie } from "./flow-cookie.ts";
import type { CallbackPath } from "./registry.ts";
import { isTicketState, ticketIdOf, ticketState } from "./ticket-state.ts";

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
	/** The user's connection whose consent is to be renewed; left out: any account may be chosen. */
	readonly connectionId?: string | undefined;
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
type Sealing = Pick<Services, "db" | "config" | "now" | "vault">;

const TICKET_MS = 300_000;

/**
 * @returns the secret of a link that begins the flow, within five minutes, in whichever browser opens it, until one of them
 * has come back
 */
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
	const [state, secret] = [newSecret(), newSecret()];
	const row = await services.db
		.insertInto("oauth_flows")
		.values({
			...columnsOf(services, flow),
			ticket_hash: null,
			state_hash: secretHash(state),
			cookie_hash: secretHash(secret),
			expires_at: new Date(services.now() + FLOW_SECONDS * 1000),
		})
		.returningAll()
		.executeTakeFirstOrThrow();
	return { flow: row, ...begun(services.config, state, secret) };
}

/**
 * Begins a flow of a ticket. Opening its link stores nothing and uses nothing up, however often it is done, as whoever
 * looks at links does that too: what the flow is travels in its state, proven by what the ticket and the browser's cookie
 * hold. Of all the flows that it began one can be taken.
 * @param signedIn the user of the browser's session; a ticket of somebody else's is not taken
 * @returns null where there is no such ticket (any more)
 */
export async function redeemTicket(
	{ db, config, now, vault }: Sealing,
	{
		ticket,
		provider,
		signedIn,
	}: { readonly ticket: string; readonly provider: ProviderId; readonly signedIn: string | null },
): Promise<BegunFlow | null> {
	const flow = await db
		.selectFrom("oauth_flows")
		.selectAll()
		.where("ticket_hash", "=", secretHash(ticket))
		.where("provider", "=", provider)
		.where("expires_at", ">", new Date(now()))
		.$if(signedIn !== null, (query) => query.where("user_id", "=", signedIn))
		.executeTakeFirst();
	if (flow === undefined) return null;
	const secret = newSecret();
	return { flow, ...begun(config, ticketState(vault, flow, secret, now()), secret) };
}

/**
 * Takes the flow of a state, which nobody can do twice, and with it every other one of its ticket: bound to the browser by
 * its cookie, to the provider, to the redirect URI, and to the user where the browser is signed in.
 * @returns null where anything of this is not so
 */
export async function takeFlow(
	{ db, config, now, vault }: Sealing,
	asked: {
		readonly state: string;
		readonly provider: ProviderId;
		readonly callback: CallbackPath;
		readonly cookieHeader: string | undefined;
		readonly signedIn: string | null;
	},
): Promise<ReturnedFlow | null> {
	const { state, provider, callback, signedIn } = asked;
	const secret = readFlowCookie(config.url, state, asked.cookieHeader);
	if (secret === null) return null;
	const ticketId = ticketIdOf(state);
	const taking = db
		.deleteFrom("oauth_flows")
		.where("provider", "=", provider)
		.where("callback", "=", callback)
		.$if(signedIn !== null, (query) =>
			query.where((eb) => eb.or([eb("user_id", "is", null), eb("user_id", "=", signedIn)])),
		)
		.returningAll();
	if (ticketId === null) {
		const flow = await taking
			.where("state_hash", "=", secretHash(state))
			.where("cookie_hash", "=", secretHash(secret))
			.where("expires_at", ">", new Date(now()))
			.executeTakeFirst();
		return flow === undefined ? null : { flow, state, ...flowProofs(secret, state) };
	}
	const ticket = await db.selectFrom("oauth_flows").selectAll().where("id", "=", ticketId).executeTakeFirst();
	if (ticket === undefined || !isTicketState(vault, ticket, state, secret, now())) return null;
	// Whoever deletes the ticket has it: the others find it gone.
	const flow = await taking.where("id", "=", ticketId).executeTakeFirst();
	return flow === undefined ? null : { flow, state, ...flowProofs(secret, state) };
}

/** Removes what nobody came back for. */
export async function pruneFlows({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
	const ended = new Date(now());
	// A ticket outlives what it began in its last moment.
	const endedBefore = new Date(now() - FLOW_SECONDS * 1000);
	await db
		.deleteFrom("oauth_flows")
		.where("expires_at", "<=", ended)
		.where((eb) => eb.or([eb("ticket_hash", "is", null), eb("expires_at", "<=", endedBefore)]))
		.execute();
}

/** What the browser is given; nothing that is stored gives it away. */
function begun({ url }: Pick<Config, "url">, state: string, secret: string): Omit<BegunFlow, "flow"> {
	return { state, ...flowProofs(secret, state), cookie: setFlowCookie(url, state, secret) };
}

function columnsOf({ newId, now }: Storing, { userId, provider, callback, access, returnTo, connectionId }: NewFlow) {
	return {
		id: newId("vrf"),
		user_id: userId,
		provider,
		callback,
		access,
		return_to: returnTo,
		connection_id: connectionId ?? null,
		created_at: new Date(now()),
	};
}
