import { ianaName } from "@kalends/model";
import type { CalendarAccess, RemoteCalendar } from "../../port/provider.ts";
import { mayWrite } from "../consent.ts";
import { readReminders } from "../fields/reminders.ts";
import { type CalendarListEntry, textOf } from "../types.ts";

const ACCESS: Readonly<Record<string, CalendarAccess>> = {
	freeBusyReader: "free_busy",
	reader: "read",
	writerWithoutPrivateAccess: "write",
	writer: "write",
	owner: "owner",
};

/**
 * A calendar of the list as the port shows it.
 * @param scopes what the person granted; undefined where that is not known
 */
export function toRemoteCalendar(
	entry: CalendarListEntry & { readonly id: string },
	scopes: readonly string[] | undefined,
): RemoteCalendar {
	return {
		id: entry.id,
		name: textOf(entry.summaryOverride) || textOf(entry.summary) || entry.id,
		color: colorOf(textOf(entry.backgroundColor)),
		timeZone: ianaName(textOf(entry.timeZone)),
		access: accessOf(textOf(entry.accessRole) || (entry.primary === true ? "owner" : ""), scopes),
		primary: entry.primary === true,
		...(entry.hidden === true ? { hidden: true as const } : {}),
		sendsInvitations: true,
		// The list does not tell which calendars changed; asking each costs one request.
		version: null,
		defaultReminders: readReminders(entry.defaultReminders),
		settings: {},
	};
}

/** Who granted reading alone writes nowhere; a role that is not known lets nothing be written. */
function accessOf(role: string, scopes: readonly string[] | undefined): CalendarAccess {
	const access = ACCESS[role] ?? "read";
	const writes = access === "write" || access === "owner";
	return writes && scopes !== undefined && !mayWrite(scopes) ? "read" : access;
}

function colorOf(text: string): string | null {
	return /^#[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : null;
}
