import type { z } from "zod";
import type { EndpointRequest } from "../../http/endpoint.ts";
import { notFound } from "../../http/problem.ts";
import { tellingOf } from "../../notify/invitations/told.ts";
import { editResource } from "../../push/edit-resource.ts";
import { originWithin } from "../../push/moves.ts";
import { personOf } from "../../push/person.ts";
import type { CommittedWrite, ResourceSnapshot } from "../../push/types.ts";
import { requireMatch } from "../etag.ts";
import { readerZone } from "../read-events.ts";
import { Previewed, previewOfChange, previewOfMove } from "./dry-run.ts";
import { movedResource, moveFaults } from "./move-event.ts";
import { ownAddresses } from "./own-addresses.ts";
import { findPlace } from "./place.ts";
import { planChange, shownOccurrence } from "./plan-change.ts";
import { isResponseOnly } from "./response-only.ts";
import type { DryRun, EditQuery, EventPatchBody } from "./schemas.ts";
import { actorOf, requireWritable } from "./writing.ts";

export type ChangeEventRequest = Pick<
	EndpointRequest<{ readonly id: string }, z.output<typeof EditQuery>, never>,
	"services" | "principal" | "params" | "query" | "headers"
>;

export type ChangeResult =
	| { readonly type: "previewed"; readonly preview: DryRun }
	| { readonly type: "written"; readonly write: CommittedWrite };

/**
 * Changes or deletes what the id names, in one transaction; with `dry_run` only tells what that would do.
 * @param body null: delete it
 * @throws Problem `not_found`, `precondition_failed`, `recurrence_scope_required`, `invalid_request` and those of a calendar
 * that cannot be written
 */
export async function changeEvent(request: ChangeEventRequest, body: EventPatchBody | null): Promise<ChangeResult> {
	const { services, principal, params, query, headers } = request;
	const { userId } = principal;
	const targetId = body?.calendar_id;
	const floatingZone = readerZone(principal);
	const [person, telling, named] = await Promise.all([
		personOf(services.db, userId),
		tellingOf(services, userId),
		targetId === undefined ? null : findPlace(services.db, userId, targetId),
	]);
	const scope = query.scope ?? null;
	const createdEventId = services.newId("evt");
	const now = services.now();
	const plan = async (snapshot: ResourceSnapshot) => {
		const shown = await shownOccurrence(snapshot);
		if (shown === null) throw notFound("event");
		const canHere = requireWritable(services, snapshot);
		requireMatch(headers["if-match"], snapshot.base.etag);
		const own = ownAddresses(snapshot.connection, person);
		const isElsewhere = targetId !== undefined && targetId !== snapshot.calendar.id;
		const target = isElsewhere ? named : null;
		const can = target === null ? canHere : requireWritable(services, target);
		const asked = {
			...{ scope, body, own, can, newUid: createdEventId, now, floatingZone, telling },
			defaultReminders: (target ?? snapshot).calendar.default_reminders,
			moveFaults: isElsewhere ? moveFaults(snapshot, target, scope, own, can) : [],
		};
		const change = planChange(snapshot, shown, asked);
		if (target === null) return { change, asked, move: null };
		const targetOwn = ownAddresses(target.connection, person);
		const isWithin = target.connection.id === snapshot.connection.id;
		const moves = isWithin && services.providers.get(target.connection.provider)?.writer?.move !== undefined;
		const origin = moves ? originWithin(snapshot, target.calendar.id) : null;
		const moving = { target, can, own, targetOwn, eventId: createdEventId, origin, now };
		return { change, asked, move: { target, own: targetOwn, made: movedResource(snapshot, change.plan, moving) } };
	};
	const target = {
		userId,
		actor: actorOf(principal),
		sender: person,
		eventId: params.id,
		targetCalendarId: named?.calendar.id,
	};
	try {
		const write = await editResource(services, target, async (snapshot) => {
			const { change, asked, move } = await plan(snapshot);
			const { events, created } = change.plan;
			if (move !== null) {
				const before = move.made.origin?.base ?? [];
				telling.requireBudget(move.target, { before, after: move.made.events, own: move.own });
			} else if (body !== null) {
				const after = [...(events ?? []), ...(created ?? [])];
				telling.requireBudget(snapshot, { before: snapshot.events, after, own: asked.own });
			}
			if (query.dry_run === "true") {
				const preview = previewOfChange(snapshot, change, asked);
				throw new Previewed(move === null ? preview : previewOfMove(preview, snapshot, move, asked));
			}
			if (move !== null) return { wanted: null, moved: move.made, action: "deleted" };
			const responseOnly = created === null && isResponseOnly(snapshot.events, events);
			const action = body === null ? "deleted" : "updated";
			return { wanted: events, created, createdEventId, responseOnly, action };
		});
		return { type: "written", write };
	} catch (error) {
		if (error instanceof Previewed) return { type: "previewed", preview: error.preview };
		throw error;
	}
}
