import type { ProviderCapabilities } from "@kalends/providers";
import type { Actor } from "../../db/schema.ts";
import type { EndpointRequest, Principal } from "../../http/endpoint.ts";
import { Problem } from "../../http/errors.ts";
import { pushNow } from "../../push/push-now.ts";
import type { CommittedWrite, PushOutcome, ResourceSnapshot } from "../../push/types.ts";
import type { Services } from "../../services.ts";
import { etagHeader } from "../etag.ts";
import { findEvent } from "../find-event.ts";
import type { WireEvent } from "../schemas.ts";

/** What all endpoints that write events share. */

/** How long a request waits for the provider at the most, milliseconds. */
export const WITHIN_MS = 10_000;

/** Who does what this request asks for, as the history names them. */
export function actorOf(principal: Principal): Actor {
	return principal.apiKeyId === null
		? { type: "user", id: principal.userId }
		: { type: "api_key", id: principal.apiKeyId };
}

/**
 * @returns what the calendar's provider can
 * @throws Problem `calendar_read_only` where the person may not write, or allowed reading only, or the provider cannot;
 * `calendar_gone`, `calendar_not_selected`. Not where the account has to be signed in again: what is written waits for that.
 */
export function requireWritable(
	{ providers }: Pick<Services, "providers">,
	{ calendar, connection }: Pick<ResourceSnapshot, "calendar" | "connection">,
): ProviderCapabilities {
	if (calendar.status === "gone") {
		throw new Problem("calendar_gone", "The provider has this calendar no more; what is here of it is a copy.", {
			fix: "Choose another calendar.",
		});
	}
	if (!calendar.selected) {
		throw new Problem("calendar_not_selected", "The calendar is not selected, so nothing of it is synced.", {
			fix: `Select it first: PATCH /v1/calendars/${calendar.id} with {"selected": true}.`,
		});
	}
	const mayWrite = calendar.access === "write" || calendar.access === "owner";
	const provider = providers.get(connection.provider);
	if (mayWrite && provider?.writer) return provider.capabilities;
	if (calendar.access === "read" && provider?.writer && isReadOnlyConsent(connection)) {
		throw new Problem("calendar_read_only", "On the consent page of this account only reading was allowed.", {
			fix: "Connect the same account again with access write, and allow editing; its calendars and events stay.",
		});
	}
	throw new Problem("calendar_read_only", "Events of this calendar can be read only.", {
		fix: "Choose a calendar whose access is write or owner, or ask its owner for the right to write.",
	});
}

function isReadOnlyConsent({ consent }: Pick<ResourceSnapshot["connection"], "consent">): boolean {
	return consent !== null && consent.access !== "write";
}

/**
 * Tries the write at once and answers the event as it is then.
 * @param id what to answer: an event's or occurrence's id
 * @param status where the provider has agreed, or nothing was to be done; 202 where it has not (yet)
 * @throws Problem `provider_refused` where it was refused for good: the event keeps what was wanted; `conflict` where the
 * event was deleted with the provider meanwhile
 */
export async function answerWrite(
	{ services, principal, signal }: Pick<EndpointRequest<never, never, never>, "services" | "principal" | "signal">,
	write: Pick<CommittedWrite, "intentIds"> & Partial<CommittedWrite>,
	id: string,
	status: 200 | 201,
): Promise<{
	readonly status: 200 | 201 | 202;
	readonly body: WireEvent;
	readonly headers: { readonly etag: string };
}> {
	const outcome = await pushWrite({ services, principal, signal }, write);
	const event = await findEvent(services.db, principal.userId, id);
	if (event === null && outcome === "failed" && write.eventId !== undefined) {
		const old = await findEvent(services.db, principal.userId, write.eventId);
		// What was to move is still where it was, and says why.
		if (old?.sync.state === "failed") throw refusedBy(old);
		if (old !== null) throw notSplit(old, id);
	}
	if (event === null) {
		throw new Problem("conflict", "The event was deleted with the provider meanwhile, so it is gone here too.", {
			fix: "What you wanted is in its history: POST /v1/events/{id}/restore brings it back.",
		});
	}
	if (outcome === "failed") throw refusedBy(await refusedOf(services, principal, write, event));
	return { status: outcome === "synced" ? status : 202, body: event, headers: etagHeader(event) };
}

/**
 * Tries a deletion at once.
 * @param id what was to go: an event's or occurrence's id
 * @returns 202 where the provider could not be reached yet
 * @throws Problem `provider_refused` where it was refused for good: the event is shown again; `conflict` where the event was
 * changed with the provider meanwhile, and stays
 */
export async function answerRemoval(
	{ services, principal, signal }: Pick<EndpointRequest<never, never, never>, "services" | "principal" | "signal">,
	write: CommittedWrite,
	id: string,
): Promise<{ readonly status: 202 | 204 }> {
	const outcome = await pushWrite({ services, principal, signal }, write);
	if (outcome === "pending") return { status: 202 };
	if (outcome === "synced") {
		if ((await findEvent(services.db, principal.userId, id)) === null) return { status: 204 };
		throw new Problem("conflict", "It was changed with the provider meanwhile, so it stays.", {
			fix: "Read it again; if it is still to go, delete it again.",
		});
	}
	const event = await findEvent(services.db, principal.userId, write.eventId);
	if (event !== null) throw refusedBy(event);
	throw new Problem("conflict", "The event was changed meanwhile.", { fix: "List the events again, then decide." });
}

/** Of a move the provider may have refused the deletion: the event that it left says why. */
async function refusedOf(
	{ db }: Pick<Services, "db">,
	{ userId }: Principal,
	{ eventId }: Partial<CommittedWrite>,
	event: WireEvent,
): Promise<WireEvent> {
	if (event.sync.state === "failed" || eventId === undefined || eventId === event.id) return event;
	const left = await findEvent(db, userId, eventId);
	return left?.sync.state === "failed" ? left : event;
}

/** Tries the write at once, for ten seconds at the most. */
export async function pushWrite(
	{ services, principal, signal }: Pick<EndpointRequest<never, never, never>, "services" | "principal" | "signal">,
	{ intentIds, claimed }: Pick<CommittedWrite, "intentIds" | "claimed">,
): Promise<PushOutcome> {
	if (intentIds.length === 0) return "synced";
	return pushNow(services, principal.userId, intentIds, { withinMs: WITHIN_MS, signal, claimed });
}

/** The provider refused the new part of a series that `following` split: the old one is whole again. */
function notSplit({ id, sync }: WireEvent, refusedId: string): Problem {
	const { code, detail } = sync.error ?? REFUSED;
	return new Problem("provider_refused", `${detail} The new series was not made, so the old one is as it was.`, {
		fix: `What you wanted is kept: GET /v1/events/${refusedId}/history. Correct it, and change ${id} again.`,
		extensions: { event_id: id, reason: code },
	});
}

const REFUSED = { code: "refused", detail: "The server refused the change.", fix: null };

/** The provider refused the write for good; the event, which keeps what was wanted, says why. */
export function refusedBy({ id, sync }: WireEvent): Problem {
	const { code, detail, fix } = sync.error ?? REFUSED;
	const undo = `Nothing is lost: correct ${id} by PATCH, or discard the change by POST /v1/events/${id}/sync.`;
	return new Problem("provider_refused", detail, {
		fix: fix === null ? undo : `${fix} ${undo}`,
		extensions: { event_id: id, reason: code },
	});
}
