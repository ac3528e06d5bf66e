import { z } from "zod";
import { findEvent } from "../events/find-event.ts";
import { EventParams, type WireEvent } from "../events/schemas.ts";
import { createEvent } from "../events/write/create-event.ts";
import { deleteEvent } from "../events/write/delete-event.ts";
import { EditQuery, EventPatchSchema, IF_MATCH, NewEventSchema } from "../events/write/schemas.ts";
import { updateEvent } from "../events/write/update-event.ts";
import { type Endpoint, type EndpointReply, type EndpointRequest, endpoint } from "../http/endpoint.ts";
import { readCursor, writeCursor } from "../http/paging.ts";
import { notFound } from "../http/problem.ts";
import {
	bodyOfV1,
	NewOlderEventSchema,
	type OlderEventBody,
	OlderEventPatchSchema,
	readAsV1,
	WholeOlderEventSchema,
} from "./event-body.ts";
import { FieldMessagesSchema, tellFields } from "./field-messages.ts";
import { OlderEventSchema, olderForm } from "./older-event.ts";
import { readStoredEvents } from "./stored-events.ts";

/** `/api/events/`: a translation of /v1/events, by whose code everything is read and written. */

const LIST = "/api/events/";
const ONE = "/api/events/:id/";
const MOST = 10_000;
const SHARED = { tag: "older interfaces", deprecated: true, tellFaults: tellFields } as const;

const list = endpoint({
	...SHARED,
	method: "GET",
	path: LIST,
	operationId: "olderListEvents",
	summary: "List all events",
	description:
		"Of all times, by start; a series once, at its first occurrence. At most 10,000, and where there are more the header " +
		'`Link: <…>; rel="next"` leads on. Better: GET /v1/events, which lists the occurrences of a range.',
	access: { kind: "user", scope: "read" },
	query: z.object({
		calendar_id: z.string().max(100).optional().describe("Only of this calendar."),
		limit: z.coerce.number().int().min(1).max(MOST).default(MOST).describe("How many at most."),
		cursor: z.string().min(1).max(1024).optional().describe("As the Link header has it."),
	}),
	responses: { 200: z.array(OlderEventSchema), 400: FieldMessagesSchema },
	async handle({ services, principal, query }) {
		const { calendar_id: calendarId, limit } = query;
		const after = readCursor(query.cursor, z.string().max(200));
		const [{ events, next }, older] = await Promise.all([
			readStoredEvents(services.db, principal.userId, { calendarId, after, limit }),
			olderForm(services.db, principal.userId),
		]);
		const parameters = new URLSearchParams({
			...(calendarId === undefined ? {} : { calendar_id: calendarId }),
			limit: String(limit),
			cursor: writeCursor(next),
		});
		return {
			status: 200,
			body: events.map(older),
			...(next === null ? {} : { headers: { link: `<${LIST}?${parameters}>; rel="next"` } }),
		};
	},
});

const create = endpoint({
	...SHARED,
	method: "POST",
	path: LIST,
	operationId: "olderCreateEvent",
	summary: "Create an event",
	description:
		"201 once the provider has it; 202 where it could not be reached yet, with `google_calendar_event_id` null. Every " +
		"participant is told by mail.",
	access: { kind: "user", scope: "write" },
	body: NewOlderEventSchema,
	responses: { 201: OlderEventSchema, 202: OlderEventSchema, 400: FieldMessagesSchema },
	async handle(request) {
		const body = readAsV1(NewEventSchema, bodyOfV1(request.body));
		return inOlderForm(request, await createEvent.handle({ ...request, query: { dry_run: "false" }, body }));
	},
});

const get = endpoint({
	...SHARED,
	method: "GET",
	path: ONE,
	operationId: "olderGetEvent",
	summary: "Get an event",
	access: { kind: "user", scope: "read", ids: { id: "event" } },
	params: EventParams,
	responses: { 200: OlderEventSchema },
	async handle(request) {
		return inOlderForm(request, { status: 200, body: await present(request) });
	},
});

const ScopeQuery = EditQuery.pick({ scope: true });
const CHANGED = { 200: OlderEventSchema, 202: OlderEventSchema, 400: FieldMessagesSchema } as const;

const replace = endpoint({
	...SHARED,
	method: "PUT",
	path: ONE,
	operationId: "olderReplaceEvent",
	summary: "Change an event",
	description:
		"Title, description and location that are left out stay as they are, and so does what has no name here. With another " +
		"`calendar_id` it moves, and is answered under its new id.",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: ScopeQuery,
	headers: IF_MATCH,
	body: WholeOlderEventSchema,
	responses: CHANGED,
	handle: (request) => change(request, request.body),
});

const update = endpoint({
	...SHARED,
	method: "PATCH",
	path: ONE,
	operationId: "olderUpdateEvent",
	summary: "Change some fields of an event",
	description:
		"What is left out stays. Of a series `scope` says which occurrences are meant. With another `calendar_id` it moves, and " +
		"is answered under its new id.",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: ScopeQuery,
	headers: IF_MATCH,
	body: OlderEventPatchSchema,
	responses: CHANGED,
	handle: (request) => change(request, request.body),
});

const remove = endpoint({
	...SHARED,
	method: "DELETE",
	path: ONE,
	operationId: "olderDeleteEvent",
	summary: "Delete an event",
	description: "204 once it is gone at the provider, 202 where that could not be reached yet.",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: ScopeQuery,
	headers: IF_MATCH,
	responses: { 202: null, 204: null, 400: FieldMessagesSchema },
	handle: (request) => deleteEvent.handle({ ...request, query: { ...request.query, dry_run: "false" } }),
});

type ChangeRequest = EndpointRequest<
	z.output<typeof EventParams>,
	z.output<typeof ScopeQuery>,
	OlderEventBody | undefined
>;

async function change(request: ChangeRequest, older: OlderEventBody): Promise<EndpointReply> {
	const { all_day } = await present(request);
	const body = readAsV1(EventPatchSchema, bodyOfV1(older, all_day));
	return inOlderForm(
		request,
		await updateEvent.handle({ ...request, query: { ...request.query, dry_run: "false" }, body }),
	);
}

async function present({
	services,
	principal,
	params,
}: Pick<ChangeRequest, "services" | "principal" | "params">): Promise<WireEvent> {
	const event = await findEvent(services.db, principal.userId, params.id);
	if (event === null) throw notFound("event");
	return event;
}

/** Of answers of /v1 that are an event, as all are where no dry run was asked for. */
async function inOlderForm(
	{ services, principal }: Pick<ChangeRequest, "services" | "principal">,
	{ body, ...reply }: EndpointReply,
): Promise<EndpointReply> {
	const older = await olderForm(services.db, principal.userId);
	return { ...reply, body: older(body as WireEvent) };
}

export const olderEventEndpoints: readonly Endpoint[] = [list, create, get, replace, update, remove];
