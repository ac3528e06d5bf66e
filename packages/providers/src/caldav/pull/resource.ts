import { type CalendarEvent, CalendarSyntaxError, parseCalendar } from "@kalends/model";
import type { ProviderContext, RemoteCalendar, RemoteResource } from "../../port/provider.ts";
import type { CalendarSettings } from "../settings.ts";
import type { Body } from "./bodies.ts";

/** For reading the bodies of one calendar. */
export interface ReadingContext {
	readonly defaultZone: string | null;
	readonly selfAddresses: readonly string[];
}

/** The person's own addresses are those that the server names, and the login where it is one. */
export function readingContext(
	{ timeZone }: Pick<RemoteCalendar, "timeZone">,
	{ addresses }: Pick<CalendarSettings, "addresses">,
	{ credentials }: Pick<ProviderContext, "credentials">,
): ReadingContext {
	const username = credentials.username?.toLowerCase();
	return { defaultZone: timeZone, selfAddresses: username?.includes("@") ? [...addresses, username] : addresses };
}

export type Reading =
	| { readonly type: "resource"; readonly resource: RemoteResource }
	/** The body is no iCalendar that we can read; this stands in where nothing of it is known yet. */
	| { readonly type: "unreadable"; readonly placeholder: RemoteResource };

/** Reads one body into the port's form. */
export function readBody(body: Extract<Body, { type: "body" }>, context: ReadingContext): Reading {
	const base = { id: body.id, etag: body.etag, scheduleTag: body.scheduleTag, raw: body.text };
	try {
		const parsed = parseCalendar(body.text, context);
		const events: CalendarEvent[] = parsed.groups.flatMap((group) => [...group.events]);
		const warnings = [...new Set([...parsed.warnings, ...parsed.groups.flatMap((group) => [...group.warnings])])];
		return { type: "resource", resource: { ...base, events, warnings } };
	} catch (error) {
		if (!(error instanceof CalendarSyntaxError)) throw error;
		const warnings = [`the resource could not be read (${error.reason}): ${error.message}`];
		return { type: "unreadable", placeholder: { ...base, events: [], warnings } };
	}
}

/** Stands in for a resource that is there but not handed out, until it is. */
export function withheldPlaceholder(id: string, why: string): RemoteResource {
	return {
		id,
		etag: null,
		scheduleTag: null,
		raw: "",
		events: [],
		warnings: [`the server did not hand it out: ${why}`],
	};
}
