import type { HttpResponse } from "../../port/http.ts";
import type { Session } from "../session.ts";
import type { EventBody, GoogleEvent } from "../types.ts";

export const READ = { operation: "read" } as const;
export const CREATE = { operation: "create" } as const;
export const UPDATE = { operation: "update" } as const;
export const MOVE = { operation: "move" } as const;
export const REMOVE = { operation: "remove" } as const;

const place = (calendarId: string, ...rest: string[]) => ["calendars", calendarId, "events", ...rest];

/** Without these Google ignores conferences and attachments in a body. */
const SUPPORTS = { conferenceDataVersion: "1", supportsAttachments: "true" } as const;

/** Who is told by mail of a write. */
export type Mails = "all" | "none";

export function sendGet(session: Session, calendarId: string, eventId: string): Promise<HttpResponse> {
	return session.send({ method: "GET", path: place(calendarId, eventId), exchange: READ });
}

export function sendInsert(
	session: Session,
	calendarId: string,
	body: EventBody,
	sendUpdates: Mails,
): Promise<HttpResponse> {
	const query = { ...SUPPORTS, sendUpdates };
	return session.send({ method: "POST", path: place(calendarId), query, body, exchange: CREATE });
}

type Versioned = Pick<GoogleEvent, "id" | "etag">;

/** Changes what the body names, where the event is still as it was. */
export function sendPatch(
	session: Session,
	calendarId: string,
	{ id, etag }: Versioned,
	body: EventBody,
	sendUpdates: Mails,
): Promise<HttpResponse> {
	return session.send({
		method: "PATCH",
		path: place(calendarId, id),
		query: { ...SUPPORTS, sendUpdates },
		ifMatch: etag ?? null,
		body,
		exchange: UPDATE,
	});
}

/** Under its id; no condition on a version is documented. */
export function sendMove(
	session: Session,
	calendarId: string,
	eventId: string,
	destination: string,
): Promise<HttpResponse> {
	const query = { destination, sendUpdates: "none" };
	return session.send({ method: "POST", path: place(calendarId, eventId, "move"), query, exchange: MOVE });
}

export function sendDelete(
	session: Session,
	calendarId: string,
	{ id, etag }: Versioned,
	sendUpdates: Mails,
): Promise<HttpResponse> {
	return session.send({
		method: "DELETE",
		path: place(calendarId, id),
		query: { sendUpdates },
		ifMatch: etag ?? null,
		exchange: REMOVE,
	});
}
