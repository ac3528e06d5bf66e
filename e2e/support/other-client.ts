import type { RealServer } from "@kalends/providers/testing";

/** A VEVENT as another program reads it, made without the model under test. */
export interface OtherEvent {
	readonly uid: string;
	/** RECURRENCE-ID's value, or null. */
	readonly recurrenceId: string | null;
	/** By name, unescaped where text. */
	readonly properties: Readonly<Record<string, string>>;
}

export interface OtherResource {
	readonly href: string;
	readonly etag: string;
	readonly ics: string;
	readonly events: readonly OtherEvent[];
}

/**
 * Another person's CalDAV client on the same calendar: careful, as it only writes what it has just read (`If-Match`).
 */
export interface OtherClient {
	/** Every resource that holds an event, by UID. Two resources of one UID are an error. */
	list(): Promise<Map<string, OtherResource>>;
	create(uid: string, lines: readonly string[]): Promise<void>;
	/** Rewrites the body until nobody else did meanwhile; false where it is not there (any more). */
	edit(uid: string, change: (ics: string) => string): Promise<boolean>;
	/** Deletes what it has just read; false where it is not there. */
	remove(uid: string): Promise<boolean>;
}

export function otherClient(server: RealServer, calendarPath: string): OtherClient {
	const authorization = `Basic ${Buffer.from(`${server.username}:${server.password || "any"}`).toString("base64")}`;
	const send = (method: string, path: string, body?: string, headers: Readonly<Record<string, string>> = {}) =>
		fetch(new URL(path, server.url), {
			method,
			headers: { authorization, ...headers },
			...(body === undefined ? {} : { body }),
		});

	const list = async () => {
		const answer = await send("REPORT", calendarPath, QUERY, { depth: "1", "content-type": "application/xml" });
		if (answer.status !== 207) throw new Error(`the server answered ${answer.status} to a calendar-query`);
		const found = new Map<string, OtherResource>();
		for (const [, response = ""] of (await answer.text()).matchAll(/<(?:\w+:)?response>(.*?)<\/(?:\w+:)?response>/gs)) {
			const ics = decodeXml(elementText(response, "calendar-data"));
			const href = decodeXml(elementText(response, "href"));
			const events = readEvents(ics);
			const uid = events[0]?.uid;
			if (uid === undefined) continue;
			if (found.has(uid)) throw new Error(`${uid} is there twice: ${found.get(uid)?.href} and ${href}`);
			found.set(uid, { href, etag: decodeXml(elementText(response, "getetag")), ics, events });
		}
		return found;
	};
	const find = async (uid: string) => (await list()).get(uid);
	const attempt = async (uid: string, write: (resource: OtherResource) => Promise<Response>): Promise<boolean> => {
		for (;;) {
			const resource = await find(uid);
			if (resource === undefined) return false;
			const answer = await write(resource);
			await answer.arrayBuffer();
			if (answer.ok) return true;
			if (answer.status !== 412 && answer.status !== 404) throw new Error(`the server answered ${answer.status}`);
		}
	};
	return {
		list,
		async create(uid, lines) {
			const body = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//other//EN", "BEGIN:VEVENT", `UID:${uid}`];
			const ics = [...body, "DTSTAMP:20260101T000000Z", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
			const answer = await send("PUT", `${calendarPath}${uid}.ics`, ics, { ...CALENDAR, "if-none-match": "*" });
			if (!answer.ok) throw new Error(`the server answered ${answer.status} to PUT`);
		},
		edit: (uid, change) =>
			attempt(uid, ({ href, etag, ics }) => send("PUT", href, change(ics), { ...CALENDAR, "if-match": etag })),
		remove: (uid) => attempt(uid, ({ href, etag }) => send("DELETE", href, undefined, { "if-match": etag })),
	};
}

/** Sets a property of the master or single in the text. */
export function withProperty(ics: string, name: string, value: string): string {
	const lines = unfold(ics);
	const result: string[] = [];
	let isOverride = false;
	for (const [index, line] of lines.entries()) {
		if (line === "BEGIN:VEVENT") {
			const end = lines.indexOf("END:VEVENT", index);
			isOverride = lines.slice(index, end).some((each) => /^RECURRENCE-ID[;:]/.test(each));
		}
		if (!isOverride && new RegExp(`^${name}[;:]`).test(line)) continue;
		if (!isOverride && line === "END:VEVENT") result.push(`${name}:${value}`);
		result.push(line);
	}
	return result.join("\r\n");
}

function readEvents(ics: string): OtherEvent[] {
	const events: OtherEvent[] = [];
	let properties: Record<string, string> | null = null;
	let depth = 0;
	for (const line of unfold(ics)) {
		if (line === "BEGIN:VEVENT") properties = {};
		else if (line.startsWith("BEGIN:")) depth++;
		else if (line === "END:VEVENT" && properties !== null) {
			events.push({
				uid: properties.UID ?? "",
				recurrenceId: properties["RECURRENCE-ID"] ?? null,
				properties,
			});
			properties = null;
		} else if (line.startsWith("END:")) depth--;
		else if (properties !== null && depth === 1) {
			const [, name = "", value = ""] = /^([A-Z-]+)[^:]*:(.*)$/s.exec(line) ?? [];
			properties[name] = value.replaceAll(/\\([\\;,nN])/g, (_, each: string) => (/n/i.test(each) ? "\n" : each));
		}
	}
	return events;
}

function unfold(ics: string): string[] {
	return ics.replaceAll(/\r?\n[ \t]/g, "").split(/\r?\n/);
}

const CALENDAR = { "content-type": "text/calendar; charset=utf-8" };
const QUERY = `<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter></C:calendar-query>`;

function elementText(xml: string, name: string): string {
	return new RegExp(`<(?:\\w+:)?${name}[^>]*>(.*?)</(?:\\w+:)?${name}>`, "s").exec(xml)?.[1] ?? "";
}

function decodeXml(text: string): string {
	return text
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&quot;", '"')
		.replaceAll("&#13;", "\r")
		.replaceAll("&amp;", "&");
}
