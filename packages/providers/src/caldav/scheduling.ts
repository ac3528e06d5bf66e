import { ProviderFailure } from "../port/failure.ts";
import { propfindOne } from "./exchange.ts";
import type { DavRequest, Session } from "./session.ts";
import { propHrefs } from "./xml/multistatus.ts";
import { C } from "./xml/names.ts";

/** What is known of scheduling by the server (RFC 6638); null where it is not known yet. */
export interface Scheduling {
	/** `calendar-auto-schedule` in the server's DAV header (§2). */
	readonly autoSchedule: boolean | null;
	/** Does the principal have a schedule outbox (§2.1.1)? */
	readonly outbox: boolean | null;
}

/** Does the server itself invite the guests of what is stored? */
export function sendsInvitations({ autoSchedule, outbox }: Scheduling): boolean {
	return autoSchedule === true && outbox === true;
}

/** From the DAV header of any answer; null where it has none that speaks of calendars. */
export function autoScheduleIn(headers: Headers): boolean | null {
	const tokens = (headers.get("dav") ?? "").split(",").map((token) => token.trim().toLowerCase());
	return tokens.includes("calendar-access") ? tokens.includes("calendar-auto-schedule") : null;
}

function optionsRequest(url: URL): DavRequest {
	return { method: "OPTIONS", url };
}

/**
 * Learns what is missing in `known`: one OPTIONS, and one PROPFIND where the server schedules. What cannot be learned
 * for the moment stays null; a server that answers without telling does not schedule.
 * @param place where calendars are
 */
export async function learnScheduling(
	session: Session,
	place: URL,
	principal: URL | null,
	known: Scheduling,
): Promise<Scheduling> {
	const autoSchedule = known.autoSchedule ?? (await asked(() => askOptions(session, place)));
	if (autoSchedule !== true || known.outbox !== null) return { ...known, autoSchedule };
	const outbox = principal === null ? false : await asked(() => askOutbox(session, principal));
	return { autoSchedule, outbox };
}

async function askOptions(session: Session, place: URL): Promise<boolean | null> {
	const response = await session.send(optionsRequest(place));
	await response.discard();
	const isPassing = response.status === 429 || (response.status >= 500 && response.status !== 501);
	return autoScheduleIn(response.headers) ?? (isPassing ? null : false);
}

async function askOutbox(session: Session, principal: URL): Promise<boolean> {
	const { response } = await propfindOne(session, principal, [C.scheduleOutboxUrl]);
	return propHrefs(response, C.scheduleOutboxUrl).length > 0;
}

/** No sync and no connecting fails because this is not known. */
async function asked(question: () => Promise<boolean | null>): Promise<boolean | null> {
	try {
		return await question();
	} catch (error) {
		if (!(error instanceof ProviderFailure)) throw error;
		return error.kind === "unavailable" || error.kind === "rate_limited" ? null : false;
	}
}
