import type { ProviderId } from "@kalends/providers";
import { type Selectable, sql } from "kysely";
import { secretHash } from "../accounts/secret-hash.ts";
import type { OAuthFlowsTable } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { FLOW_SECONDS, flowProofs, newSecret, readFlowCookie, setFlowCookie } from "./flow-cookie.ts";
import type { CallbackPath } from "./registry.ts";

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
/** A link that is sent to somebody is opened by those who carry it, to show what it leads to. */
const MOST_OPENINGS = 20;

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
	const secrets = newSecrets(services);
	const row = await services.db
		.insertInto("oauth_flows")
		.values({ ...columnsOf(services, flow), ticket_hash: null, ...secrets.columns })
		.returningAll()
		.executeTakeFirstOrThrow();
	return { flow: row, ...secrets.begun };
}

/**
 * Begins a flow of a ticket. Opening its link uses nothing up, as whoever looks at links does that too; of all the flows that
 * it began one can be taken.
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
	const now = new Date(services.now());
	const { state_hash, cookie_hash, expires_at } = secrets.columns;
	const { rows } = await sql<Flow>`
		INSERT INTO oauth_flows (id, user_id, provider, callback, access, return_to, ticket_id, state_hash, cookie_hash,
			expires_at, created_at)
		SELECT ${services.newId("vrf")}, t.user_id, t.provider, t.callback, t.access, t.return_to, t.id, ${state_hash},
			${cookie_hash}, ${expires_at}, ${now}
		FROM oauth_flows t
		WHERE t.ticket_hash = ${secretHash(ticket)} AND t.provider = ${provider} AND t.expires_at > ${now}
			AND (${signedIn}::text IS NULL OR t.user_id = ${signedIn})
			AND (SELECT count(*) FROM oauth_flows o WHERE o.ticket_id = t.id) < ${MOST_OPENINGS}
		FOR KEY SHARE OF t
		RETURNING *`.execute(services.db);
	const row = rows[0];
	return row === undefined ? null : { flow: row, ...secrets.begun };
}

/**
 * Takes the flow of a state, which nobody can do twice, and with it every other one of its ticket: bound to the browser by its cookie, to the provider, to the
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
	// Whoever deletes the ticket, else the flow itself, has it: the others find it gone.
	const { rows } = await sql<Flow>`
		DELETE FROM oauth_flows d USING oauth_flows f
		WHERE f.state_hash = ${secretHash(state)} AND f.cookie_hash = ${secretHash(secret)}
			AND f.provider = ${provider} AND f.callback = ${callback} AND f.expires_at > ${new Date(services.now())}
			AND (${signedIn}::text IS NULL OR f.user_id IS NULL OR f.user_id = ${signedIn})
			AND d.id = coalesce(f.ticket_id, f.id)
		RETURNING f.*`.execute(services.db);
	const row = rows[0];
	return row === undefined ? null : { flow: row, state, ...flowProofs(secret, state) };
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
