import type { z } from "zod";
import { defaultCalendarId } from "../../calendars/default-calendar.ts";
import { type EndpointRequest, endpoint } from "../../http/endpoint.ts";
import { Problem } from "../../http/errors.ts";
import { invalidFields } from "../../http/validation.ts";
import { tellingOf } from "../../notify/invitations/told.ts";
import { createResource } from "../../push/create-resource.ts";
import { personOf } from "../../push/person.ts";
import { EventSchema } from "../schemas.ts";
import { previewOfNew } from "./dry-run.ts";
import { newEvent } from "./new-event.ts";
import { ownAddresses } from "./own-addresses.ts";
import { findPlace, type Place } from "./place.ts";
import { DryRunQuery, DryRunSchema, type NewEventBody, NewEventSchema } from "./schemas.ts";
import { actorOf, answerWrite, requireWritable } from "./writing.ts";

export const createEvent = endpoint({
	method: "POST",
	path: "/v1/events",
	operationId: "createEvent",
	summary: "Create an event",
	description:
		"201 once the provider has it; 202 where it could not be reached within ten seconds: the event is here, its " +
		"`sync.state` is `pending`, and Kalends goes on trying. Where the provider refuses it, 422 `provider_refused` names " +
		"the event that keeps what was sent.",
	tag: "events",
	access: { kind: "user", scope: "write" },
	query: DryRunQuery,
	body: NewEventSchema,
	responses: { 200: DryRunSchema, 201: EventSchema, 202: EventSchema },
	async handle(request) {
		const { services, principal, query, body, once } = request;
		const { userId } = principal;
		const [place, person, telling] = await Promise.all([
			placeFor(request),
			personOf(services.db, userId),
			tellingOf(services, userId),
		]);
		const { calendar, connection } = place;
		const can = requireWritable(services, place);
		const own = ownAddresses(connection, person);
		const now = services.now();
		const eventId = once?.id("evt") ?? services.newId("evt");
		const event = newEvent(body, { uid: eventId, now, own, can, defaultReminders: calendar.default_reminders });
		telling.requireBudget(place, { before: [], after: [event], own });
		if (query.dry_run === "true") {
			const floatingZone = calendar.time_zone ?? "UTC";
			return { status: 200, body: previewOfNew(place, event, { own, now, floatingZone, telling }) };
		}

		const asked = { userId, actor: actorOf(principal), calendarId: calendar.id, eventId, mayRepeat: once !== null };
		const write = await createResource(services, { ...asked, sender: person, events: [event], action: "created" });
		return answerWrite(request, write, write.eventId, 201);
	},
});

/** @throws Problem `invalid_request` where there is no such calendar, `no_writable_calendar` where none was named or found */
async function placeFor({
	services,
	principal,
	body,
}: Pick<
	EndpointRequest<undefined, z.output<typeof DryRunQuery>, NewEventBody>,
	"services" | "principal" | "body"
>): Promise<Place> {
	const { db } = services;
	const id = body.calendar_id ?? (await defaultCalendarId(services, db, principal.userId));
	if (id === null) {
		throw new Problem("no_writable_calendar", "There is no calendar that new events could go to.", {
			fix: "Connect an account whose calendars may be written, select one of its calendars, or send calendar_id.",
		});
	}
	const place = await findPlace(db, principal.userId, id);
	if (place !== null) return place;
	throw invalidFields([{ field: "calendar_id", detail: "There is no calendar with this id." }]);
}
