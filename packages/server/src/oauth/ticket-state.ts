import type { Selectable } from "kysely";
import type { OAuthFlowsTable } from "../db/schema.ts";
import type { Vault } from "../vault/vault.ts";
import { FLOW_SECONDS } from "./flow-cookie.ts";

/**
 * The state of a sign-in that a ticket's link has begun: the ticket's row, when it was opened, and a proof of both, for the
 * browser that holds the secret. The proof is the server's own, so that nobody makes one of what is in the database. An
 * opening so needs no row of its own.
 */

type Ticket = Pick<Selectable<OAuthFlowsTable>, "id" | "ticket_hash">;
type Prover = Pick<Vault, "prove" | "isProven">;

const FORM = /^([A-Za-z0-9_-]{43})\.([0-9a-z]{1,12})\.(\w{1,60})$/;
const PURPOSE = "ticket state";

/** @param now epoch milliseconds */
export function ticketState(vault: Prover, ticket: Ticket, secret: string, now: number): string {
	const openedAt = now.toString(36);
	return `${vault.prove(provenText(ticket, secret, openedAt), PURPOSE)}.${openedAt}.${ticket.id}`;
}

/** The row of the ticket; null where the state is not of this form. */
export function ticketIdOf(state: string): string | null {
	return FORM.exec(state)?.[3] ?? null;
}

/** Is it of this ticket and this browser's secret, and not too old? A key that was taken out meanwhile ends it too. */
export function isTicketState(vault: Prover, ticket: Ticket, state: string, secret: string, now: number): boolean {
	const [, proof = "", openedAt = ""] = FORM.exec(state) ?? [];
	if (ticket.ticket_hash === null || now >= Number.parseInt(openedAt, 36) + FLOW_SECONDS * 1000) return false;
	return vault.isProven(provenText(ticket, secret, openedAt), PURPOSE, proof);
}

function provenText({ id, ticket_hash }: Ticket, secret: string, openedAt: string): string {
	return `${id} ${ticket_hash?.toString("hex")} ${openedAt} ${secret}`;
}
