import { invalid, required } from "../../http/google-error.ts";
import type { JsonObject } from "../../json.ts";
import type { Attendee, Reminders, ResponseStatus } from "../../world/event-record.ts";
import { choiceOf, flagOf, numberOf, objectOf, objectsOf, textOf } from "./read-fields.ts";

const RESPONSES: readonly ResponseStatus[] = ["needsAction", "declined", "tentative", "accepted"];

/** `attendees`: the last of several entries of one address counts. */
export function readAttendees(body: JsonObject): readonly Attendee[] | undefined {
	const list = objectsOf(body, "attendees");
	if (list === undefined || list.length === 0) return undefined;
	const attendees = new Map<string, Attendee>();
	for (const entry of list) {
		const email = textOf(entry, "email");
		if (email === undefined) throw required("Missing attendee email.");
		if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw invalid("Invalid attendee email.");
		const guests = numberOf(entry, "additionalGuests");
		attendees.set(email.toLowerCase(), {
			email,
			displayName: textOf(entry, "displayName"),
			responseStatus: choiceOf(entry, "responseStatus", RESPONSES) ?? "needsAction",
			optional: flagOf(entry, "optional") || undefined,
			resource: flagOf(entry, "resource") || undefined,
			comment: textOf(entry, "comment"),
			additionalGuests: guests === 0 ? undefined : guests,
		});
	}
	return [...attendees.values()];
}

const MOST_REMINDERS = 5;
const LONGEST_REMINDER = 40_320;

/** `overrides` of reminders, and default reminders of a calendar. */
export function readReminderList(body: JsonObject, name: string): NonNullable<Reminders["overrides"]> {
	const list = objectsOf(body, name) ?? [];
	if (list.length > MOST_REMINDERS) throw invalid(`At most ${MOST_REMINDERS} reminders can be set.`);
	return list.map((entry) => {
		const method = choiceOf(entry, "method", ["email", "popup"] as const);
		const minutes = numberOf(entry, "minutes");
		if (method === undefined) throw required("Missing reminder method.");
		if (minutes === undefined) throw required("Missing reminder minutes.");
		if (minutes < 0 || minutes > LONGEST_REMINDER) throw invalid("Invalid reminder minutes.");
		return { method, minutes };
	});
}

/** `reminders`: the calendar's defaults unless told. */
export function readReminders(body: JsonObject): Reminders {
	const reminders = objectOf(body, "reminders");
	if (reminders === undefined) return { useDefault: true };
	const overrides = readReminderList(reminders, "overrides");
	const useDefault = flagOf(reminders, "useDefault") ?? false;
	if (useDefault && overrides.length > 0) {
		const message = "Cannot specify both default reminders and overrides at the same time.";
		throw invalid(message, "cannotUseDefaultRemindersAndSpecifyOverride");
	}
	return { useDefault, overrides: overrides.length === 0 ? undefined : overrides };
}

const LONGEST_KEY = 44;
const LONGEST_VALUE = 1024;
const MOST_PROPERTIES = 300;
const MOST_BYTES = 32 * 1024;

/** `extendedProperties`: names that are too long are dropped in silence, values cut, as Google does. */
export function readProperties(body: JsonObject): {
	readonly private: Readonly<Record<string, string>> | undefined;
	readonly shared: Readonly<Record<string, string>> | undefined;
} {
	const properties = objectOf(body, "extendedProperties") ?? {};
	let count = 0;
	let bytes = 0;
	const part = (name: "private" | "shared"): Readonly<Record<string, string>> | undefined => {
		const kept: Record<string, string> = {};
		for (const [key, value] of Object.entries(objectOf(properties, name) ?? {})) {
			if (value === null || value === undefined || key.length > LONGEST_KEY) continue;
			const text = (typeof value === "string" ? value : JSON.stringify(value)).slice(0, LONGEST_VALUE);
			kept[key] = text;
			count += 1;
			bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
		}
		return Object.keys(kept).length === 0 ? undefined : kept;
	};
	const both = { private: part("private"), shared: part("shared") };
	if (count > MOST_PROPERTIES || bytes > MOST_BYTES) throw invalid("Extended properties exceed their limits.");
	return both;
}

const MOST_ATTACHMENTS = 25;

/** `attachments`: only from clients that say they know them; else what is stored stays. */
export function readAttachments(body: JsonObject): readonly JsonObject[] | undefined {
	const list = objectsOf(body, "attachments") ?? [];
	if (list.length > MOST_ATTACHMENTS) throw invalid(`At most ${MOST_ATTACHMENTS} attachments can be added.`);
	const attachments = list.map((entry) => {
		const fileUrl = textOf(entry, "fileUrl");
		if (fileUrl === undefined) throw required("Missing attachment file URL.");
		const fileId = /\/d\/([\w-]+)/.exec(fileUrl)?.[1] ?? /[?&]id=([\w-]+)/.exec(fileUrl)?.[1];
		const icon = "https://drive-thirdparty.googleusercontent.com/16/type/application/octet-stream";
		return {
			fileUrl,
			title: textOf(entry, "title") ?? fileUrl,
			mimeType: textOf(entry, "mimeType"),
			iconLink: textOf(entry, "iconLink") ?? icon,
			fileId: textOf(entry, "fileId") ?? fileId ?? "",
		};
	});
	return attachments.length === 0 ? undefined : attachments;
}
