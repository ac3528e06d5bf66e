import type { CalendarEvent } from "@kalends/model";
import { ProviderFailure } from "../../port/failure.ts";
import type { RemoteCalendar, RemoteResource } from "../../port/provider.ts";
import type { CurrentResource, ResourceDraft, ResourceWriter, UpdateOptions, WriteContext } from "../../port/writer.ts";
import type { OrganizerAddress } from "../../shared/organizer.ts";
import { sameEvents } from "../../shared/outgoing.ts";
import { memberId } from "../href.ts";
import { type ReadingContext, readBody } from "../pull/resource.ts";
import type { Session } from "../session.ts";
import type { CalendarSettings } from "../settings.ts";
import { composeBody, eventsIn, isGuestOf } from "./compose.ts";
import { type Held, holding } from "./conditions.ts";
import type { Fidelity } from "./fidelity.ts";
import { type Condition, deleteRequest, judgeDelete, judgePut, putRequest, type Stored } from "./put.ts";
import { findUid, readMember, readResource } from "./read.ts";
import type { WriteExchange } from "./refusal.ts";

/** One calendar, to be written to for one person. */
export interface WriteScope {
	readonly session: Session;
	readonly calendar: RemoteCalendar;
	readonly settings: CalendarSettings;
	/** With a trailing slash. */
	readonly collection: URL;
	readonly reading: ReadingContext;
	readonly organizer: OrganizerAddress;
	readonly fidelity: Fidelity;
}

/** @param open throws ProviderFailure where the calendar's settings cannot be read */
export function caldavWriter(open: (calendar: RemoteCalendar, context: WriteContext) => WriteScope): ResourceWriter {
	return {
		async read(calendar, id, context) {
			const { session, collection, reading } = open(calendar, context);
			return await readMember(session, collection, new URL(id, collection), reading);
		},
		async findCreated(calendar, draft, context) {
			const scope = open(calendar, context);
			const { session, collection, reading } = scope;
			const there = await readResource(session, urlOf(draft, collection), reading);
			return there ?? (await foundByUid(scope, draft));
		},
		create: (calendar, draft, context) => create(open(calendar, context), draft),
		update: (calendar, current, events, options, context) => update(open(calendar, context), current, events, options),
		remove: (calendar, current, context) => remove(open(calendar, context), current),
	};
}

async function create(scope: WriteScope, draft: ResourceDraft): Promise<RemoteResource> {
	const { session, collection } = scope;
	const url = urlOf(draft, collection);
	const body = compose(scope, draft.events, draft.raw, false);
	const exchange: WriteExchange = { method: "PUT", url, operation: "create", asGuest: false };
	try {
		const response = await session.send(putRequest(url, body, { "if-none-match": "*" }));
		const stored = await judgePut(response, collection, exchange, session.now());
		const made = await settled(scope, body, stored, { id: memberId(stored.url), isNew: true, etag: null });
		// Not there, as it seems: some servers store it under a name of their own and do not say so.
		return made.etag === null ? ((await attempt(() => foundByUid(scope, draft))) ?? made) : made;
	} catch (error) {
		if (!(error instanceof ProviderFailure && error.reason === "uid_conflict")) throw error;
		// In this calendar it is what an earlier attempt made, stored under a name of the server's own.
		if ((await foundByUid(scope, draft)) === null) throw error;
		throw new ProviderFailure("precondition_failed", {
			reason: "already_exists",
			message: error.message,
			cause: error,
			...(error.status === undefined ? {} : { status: error.status }),
		});
	}
}

async function update(
	scope: WriteScope,
	current: CurrentResource,
	events: readonly CalendarEvent[],
	{ responseOnly }: UpdateOptions,
): Promise<RemoteResource> {
	const { session, collection, reading } = scope;
	const url = new URL(current.id, collection);
	const base = await basisOf(scope, url, current);
	const body = compose(scope, events, base.raw, responseOnly);
	const asGuest = isGuestOf(eventsIn(base.raw, reading));
	const exchange: WriteExchange = { method: "PUT", url, operation: "update", asGuest };
	const stored = await holding(session, url, heldOf(scope, base), async (condition: Condition) => {
		const response = await session.send(putRequest(url, body, condition));
		return await judgePut(response, collection, exchange, session.now());
	});
	return await settled(scope, body, stored, { id: current.id, isNew: false, etag: base.etag });
}

async function remove(scope: WriteScope, current: CurrentResource): Promise<void> {
	const { session, collection } = scope;
	const url = new URL(current.id, collection);
	const exchange: WriteExchange = { method: "DELETE", url, operation: "remove", asGuest: false };
	try {
		const base = await basisOf(scope, url, current);
		await holding(session, url, heldOf(scope, base), async (condition: Condition) => {
			await judgeDelete(await session.send(deleteRequest(url, condition)), exchange, session.now());
		});
	} catch (error) {
		const isGone = error instanceof ProviderFailure && (error.kind === "not_found" || error.kind === "gone");
		if (!isGone) throw error;
	}
}

/**
 * What is known of the resource. Where there is no etag to hold the server to, or no body to write over, it is read
 * now, and has to be what it was.
 */
async function basisOf(scope: WriteScope, url: URL, current: CurrentResource): Promise<CurrentResource> {
	if (current.etag !== null && current.raw !== "") return current;
	const { session, collection, reading } = scope;
	const now = await readMember(session, collection, url, reading);
	if (now === null) {
		throw new ProviderFailure("not_found", {
			reason: "resource_gone",
			message: `${url.pathname} is not there any more`,
		});
	}
	const isSame =
		current.raw === "" ? current.etag === now.etag : sameEvents(eventsIn(current.raw, reading), now.events);
	if (isSame) return now;
	throw new ProviderFailure("precondition_failed", {
		reason: "changed_meanwhile",
		message: `${url.pathname} had changed when it was read again`,
	});
}

/** Of a meeting, other guests' answers move the etag and not the schedule tag (RFC 6638 §3.2.10). */
function heldOf({ calendar }: WriteScope, { etag, scheduleTag, raw }: CurrentResource): Held {
	const isMeeting = /^ORGANIZER[;:]/im.test(raw);
	return { etag, scheduleTag: calendar.sendsInvitations && isMeeting ? scheduleTag : null };
}

function compose(scope: WriteScope, events: readonly CalendarEvent[], base: string | null, responseOnly: boolean) {
	const { organizer, reading, settings, session } = scope;
	return composeBody(events, base, {
		organizer,
		reading,
		responseOnly,
		maxResourceSize: settings.maxResourceSize,
		now: session.now(),
	});
}

/** A resource before it was written. */
interface Former {
	readonly id: string;
	readonly isNew: boolean;
	readonly etag: string | null;
}

/**
 * The resource as the server has stored it: what was sent, where the server vouches for it and is known to keep what it
 * is sent; else read again. A server that schedules writes into meetings what became of their invitations. Where reading
 * fails, or shows what was there before, it is what was sent, under an etag that nobody knows yet.
 */
async function settled(
	scope: WriteScope,
	body: string,
	{ url, etag, scheduleTag }: Stored,
	former: Former,
): Promise<RemoteResource> {
	const { session, reading, calendar, fidelity, collection } = scope;
	const { id } = former;
	const read = readBody({ type: "body", id, text: body, etag, scheduleTag }, reading);
	const sent = read.type === "resource" ? read.resource : read.placeholder;
	const isRewritten = calendar.sendsInvitations && sent.events.some(({ participants }) => participants.length > 0);
	const home = new URL("..", collection).href;
	if (etag !== null && !isRewritten && fidelity.isProven(home)) return sent;
	const unknown = { ...sent, etag: null };
	const stored = await attempt(() => readResource(session, url, reading));
	if (stored === null || (former.etag !== null && stored.etag === former.etag)) return unknown;
	if (etag !== null && stored.etag === etag) fidelity.learn(home, body, stored.raw, former.isNew);
	return { ...stored, id };
}

/** What is asked after a write that was done: that it cannot be told for the moment is no failure of the write. */
async function attempt<T>(question: () => Promise<T | null>): Promise<T | null> {
	try {
		return await question();
	} catch (error) {
		if (error instanceof ProviderFailure) return null;
		throw error;
	}
}

async function foundByUid({ session, collection, reading }: WriteScope, draft: ResourceDraft) {
	const [event] = draft.events;
	const url = event === undefined ? null : await findUid(session, collection, event.uid, reading);
	return url === null ? null : await readResource(session, url, reading);
}

function urlOf({ key }: ResourceDraft, collection: URL): URL {
	return new URL(`${key}.ics`, collection);
}
