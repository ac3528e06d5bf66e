import { createHmac } from "node:crypto";
import type { Selectable } from "kysely";
import type { OAuthFlowsTable } from "../db/schema.ts";
import { equalInConstantTime } from "../vault/timing-safe.ts";
import { FLOW_SECONDS } from "./flow-cookie.ts";

/**
 * The state of a sign-in that a ticket's link has begun: the ticket's row, when it was opened, and a proof of both that only
 * who has the ticket can make, and only for the browser that holds the secret. So an opening needs no row of its own.
 */

type Ticket = Pick<Selectable<OAuthFlowsTable>, "id" | "ticket_hash">;

const FORM = /^([A-Za-z0-9_-]{43})\.([0-9a-z]{1,12})\.(\w{1,60})$/;

/** @param now epoch milliseconds */
export function ticketState(ticket: Ticket, secret: string, now: number): string {
	const openedAt = now.toString(36);
	return `${proofOf(ticket, secret, openedAt)}.${openedAt}.${ticket.id}`;
}

/** The row of the ticket; null where the state is not of this form. */
export function ticketIdOf(state: string): string | null {
	return FORM.exec(state)?.[3] ?? null;
}

/** Is it of this ticket and this browser's secret, and not too old? */
export function isTicketState(ticket: Ticket, state: string, secret: string, now: number): boolean {
	const [, proof = "", openedAt = ""] = FORM.exec(state) ?? [];
	if (ticket.ticket_hash === null || now >= Number.parseInt(openedAt, 36) + FLOW_SECONDS * 1000) return false;
	return equalInConstantTime(proof, proofOf(ticket, secret, openedAt));
}

function proofOf({ id, ticket_hash }: Ticket, secret: string, openedAt: string): string {
	return createHmac("sha256", ticket_hash ?? "")
		.update(`${id} ${openedAt} ${secret}`)
		.digest("base64url");
}
