import { ProviderFailure } from "../../port/failure.ts";
import { isStub } from "../fields/title.ts";
import type { EventBody, GoogleEvent } from "../types.ts";

const LOCKED = new Set(["summary", "description", "location", "start", "end", "recurrence"]);
/** What may be changed of events that Google makes of something else. */
const EDITABLE: Readonly<Record<string, ReadonlySet<string>>> = {
	birthday: new Set(["summary", "colorId", "reminders", "extendedProperties"]),
	fromGmail: new Set([
		"attendees",
		"attachments",
		"colorId",
		"extendedProperties",
		"reminders",
		"status",
		"transparency",
		"visibility",
	]),
};

/**
 * Refuses what Google forbids to change, before anything is sent: other servers of this API may not mind, and what is
 * known of a hidden event must never be written back.
 * @throws ProviderFailure `forbidden`, `invalid`
 */
export function checkAllowed(base: GoogleEvent, body: EventBody): void {
	const names = Object.keys(body);
	const kind = base.eventType ?? "default";
	if (isStub(base)) throw forbidden("read_only", "only the time of this private event is shown");
	const editable = EDITABLE[kind];
	if (editable !== undefined && names.some((name) => !editable.has(name))) {
		throw forbidden("event_protected", `of an event of type ${kind} only ${[...editable].join(", ")} can be changed`);
	}
	if (base.locked === true && names.some((name) => LOCKED.has(name))) {
		throw forbidden("event_protected", "its main fields are locked");
	}
	const isTimed = kind === "focusTime" || kind === "outOfOffice";
	if (isTimed && (body.start?.date != null || body.transparency === "transparent")) {
		throw forbidden("event_kind_restricted", `an event of type ${kind} has a time of day and is busy`);
	}
	const isPublic = body.visibility === undefined || body.visibility === "public";
	if (kind === "workingLocation" && (!isPublic || body.transparency === "opaque")) {
		throw forbidden("event_kind_restricted", "a working location is public and free");
	}
}

function forbidden(
	reason: "read_only" | "event_protected" | "event_kind_restricted",
	message: string,
): ProviderFailure {
	return new ProviderFailure("forbidden", { reason, message });
}
