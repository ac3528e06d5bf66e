import { type CalendarEvent, parseOriginalStartKey } from "@kalends/model";
import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { Database, EventVersionsTable } from "../../db/schema.ts";
import { type EndpointRequest, endpoint } from "../../http/endpoint.ts";
import { Problem } from "../../http/errors.ts";
import { isOwn } from "../../http/own.ts";
import { notFound } from "../../http/problem.ts";
import { type Telling, tellingOf } from "../../notify/invitations/told.ts";
import { createResource } from "../../push/create-resource.ts";
import { editResource } from "../../push/edit-resource.ts";
import { personOf } from "../../push/person.ts";
import { discardIntents } from "../../push/resolve-intent.ts";
import type { CommittedWrite, ResourceSnapshot } from "../../push/types.ts";
import { requireMatch } from "../etag.ts";
import { seriesIdOf } from "../event-id.ts";
import { EventParams, EventSchema } from "../schemas.ts";
import { Previewed, previewOfChange, previewOfNew } from "../write/dry-run.ts";
import { ownAddresses } from "../write/own-addresses.ts";
import { findPlace } from "../write/place.ts";
import { type DryRun, DryRunQuery, DryRunSchema, IF_MATCH } from "../write/schemas.ts";
import { actorOf, answerWrite, pushWrite, requireWritable } from "../write/writing.ts";
import { planRestore } from "./plan-restore.ts";
import { findVersion, lastBody } from "./version-records.ts";

export const restoreEvent = endpoint({
	method: "POST",
	path: "/v1/events/:id/restore",
	operationId: "restoreEvent",
	summary: "Bring an event back to an earlier version",
	description:
		"A series as a whole, also one that was deleted, and what lost a conflict. Responses of guests stay as they are. " +
		"Restoring what is there already changes nothing. 202 where the provider could not be reached yet.",
	tag: "events",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: DryRunQuery,
	headers: IF_MATCH,
	body: z.strictObject({ version: z.int32().min(1).describe("Of the event's history.") }),
	responses: { 200: z.union([EventSchema, DryRunSchema]), 202: EventSchema },
	async handle(request) {
		const { services, principal, params, query, body } = request;
		const { userId } = principal;
		const eventId = seriesIdOf(params.id);
		if (eventId !== params.id && parseOriginalStartKey(params.id.slice(eventId.length + 1)) === null) {
			throw notFound("event");
		}
		if (!(await isOwn(services.db, userId, "event", eventId))) throw notFound("event");
		const version = await findVersion(services.db, { userId, eventId, version: body.version });
		if (version === null) {
			throw new Problem("not_found", `The event has no version ${body.version}, or not any more.`, {
				fix: "Choose one of GET /v1/events/{id}/history, which reaches back 30 days.",
				errors: [{ field: "version", detail: "is none of the event's history" }],
			});
		}
		const [person, telling] = await Promise.all([personOf(services.db, userId), tellingOf(services, userId)]);
		const restoring = { ...request, eventId, version, person, telling, isDry: query.dry_run === "true" };
		try {
			const write = await bringBack(restoring);
			return await answerWrite(request, write, eventId, 200);
		} catch (error) {
			if (error instanceof Previewed) return { status: 200, body: error.preview };
			if (!(error instanceof Problem) || error.extensions.reason !== "uid_conflict") throw error;
			// What was deleted may hold its UID there, in a trash that only the provider sees.
			await discardIntents(services, { userId, actor: actorOf(principal), eventId });
			const anew = await bringBackDeleted(restoring, services.newId("evt"));
			return answerWrite(request, anew, eventId, 200);
		}
	},
});

interface Restoring
	extends Pick<EndpointRequest<never, never, never>, "services" | "principal" | "headers" | "signal"> {
	readonly eventId: string;
	readonly version: Selectable<EventVersionsTable>;
	readonly person: Awaited<ReturnType<typeof personOf>>;
	readonly telling: Telling;
	/** Only what would be changed is asked for. */
	readonly isDry: boolean;
}

async function bringBack(restoring: Restoring): Promise<CommittedWrite> {
	const { services, principal, headers, eventId, version } = restoring;
	const asked = { userId: principal.userId, actor: actorOf(principal), eventId, sender: restoring.person };
	try {
		return await editResource(services, asked, (snapshot) => {
			requireMatch(headers["if-match"], snapshot.base.etag);
			requireWritable(services, snapshot);
			const wanted = planRestore(snapshot.events, version.events, snapshot.base.event.uid);
			const own = ownAddresses(snapshot.connection, restoring.person);
			restoring.telling.requireBudget(snapshot, { before: snapshot.events, after: wanted, own });
			if (restoring.isDry) throw new Previewed(previewOf(restoring, snapshot, wanted));
			return { wanted, action: "restored" };
		});
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== "not_found") throw error;
		return bringBackDeleted(restoring);
	}
}

/** @param newUid in place of the one that it had */
async function bringBackDeleted(restoring: Restoring, newUid: string | null = null): Promise<CommittedWrite> {
	const { services, principal, headers, signal, eventId, version, isDry } = restoring;
	const { userId } = principal;
	if (headers["if-match"] !== undefined) {
		throw new Problem("precondition_failed", "The event is deleted, so it is not as you have read it.", {
			fix: "Leave If-Match out to bring it back.",
		});
	}
	const place = await findPlace(services.db, userId, version.calendar_id);
	if (place === null) throw notFound("event");
	requireWritable(services, place);
	const own = ownAddresses(place.connection, restoring.person);
	const invites = { before: [], after: version.events, own };
	if (isDry) {
		const [base] = version.events;
		if (base === undefined) throw notFound("event");
		restoring.telling.requireBudget(place, invites);
		const floatingZone = place.calendar.time_zone ?? "UTC";
		throw new Previewed(
			previewOfNew(place, base, { own, now: services.now(), floatingZone, telling: restoring.telling }),
		);
	}
	const asked = { userId, actor: actorOf(principal), eventId };
	const deletion = await openIntents(services.db, userId, eventId);
	if (deletion.length > 0 && deletion.every(({ attempts }) => attempts === 0)) {
		const { discarded } = await discardIntents(services, asked);
		if (discarded > 0) return bringBack(restoring);
	}
	restoring.telling.requireBudget(place, invites);
	// What may have got through has to be over before the event can be made anew.
	const intentIds = deletion.map(({ id }) => id);
	if ((await pushWrite({ services, principal, signal }, { intentIds })) !== "synced") throw underWay();
	const uid = newUid ?? version.events[0]?.uid ?? services.newId("evt");
	return createResource(services, {
		...asked,
		sender: restoring.person,
		mayRepeat: true,
		calendarId: place.calendar.id,
		events: planRestore([], version.events, uid),
		raw: newUid === null ? await lastBody(services.db, { userId, eventId }) : null,
		action: "restored",
	});
}

function previewOf(
	{ services, person, telling }: Restoring,
	snapshot: ResourceSnapshot,
	events: readonly CalendarEvent[],
): DryRun {
	const { event } = snapshot.base;
	const original_start = event.recurrence_id ?? event.start;
	const shown = { original_start, start: event.start, end: event.end, event };
	const plan = { type: "edited", events, created: null, dropped: [], slotShift: 0 } as const;
	const own = ownAddresses(snapshot.connection, person);
	const floatingZone = snapshot.calendar.time_zone ?? "UTC";
	return previewOfChange(snapshot, { plan, shown }, { scope: "all", own, now: services.now(), floatingZone, telling });
}

async function openIntents(db: Kysely<Database>, userId: string, eventId: string) {
	return db
		.selectFrom("intents")
		.select(["id", "attempts"])
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.orderBy("seq")
		.execute();
}

function underWay(): Problem {
	return new Problem("sync_in_progress", "The deletion is on its way to the provider, and has to be over first.", {
		fix: "Try again as soon as the provider answers again.",
		retryAfter: 2,
	});
}
