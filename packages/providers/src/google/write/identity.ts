import { createHash } from "node:crypto";
import type { CalendarEvent } from "@kalends/model";
import type { MapContext } from "../fields/field.ts";
import { KEY, UNFINISHED } from "../marks.ts";
import { type EventBody, type GoogleEvent, isObject, type Json } from "../types.ts";
import { merged, newBody } from "./body.ts";

const DIGITS = "0123456789abcdefghijklmnopqrstuv";

/** The id that a draft is given: base32hex in lower case, which is all that Google takes (google.md §4). */
export function idOf(key: string): string {
	let id = "";
	let bits = 0;
	let value = 0;
	for (const byte of Buffer.from(key, "utf8")) {
		value = ((value << 8) | byte) & 0xfff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			id += DIGITS[(value >> bits) & 31];
		}
	}
	if (bits > 0) id += DIGITS[(value << (5 - bits)) & 31];
	return id.padEnd(5, "0");
}

/** The same for the same conference of the same state of an event, so that asking again makes no second one. */
export function conferenceRequest(...parts: readonly (string | null | undefined)[]): string {
	return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** Of an event that is restored or moved, what no field knows and a new event may say. */
const KEPT = [
	"extendedProperties",
	"source",
	"guestsCanInviteOthers",
	"guestsCanModify",
	"guestsCanSeeOtherGuests",
] as const;
const KINDS: Readonly<Record<string, string>> = {
	outOfOffice: "outOfOfficeProperties",
	focusTime: "focusTimeProperties",
	workingLocation: "workingLocationProperties",
};

/**
 * The body of an insert.
 * @param raw what it is restored or moved from
 */
export function insertBody(
	key: string,
	event: CalendarEvent,
	unfinished: boolean,
	raw: GoogleEvent | null,
	context: MapContext,
): EventBody {
	const marks: EventBody = {
		id: idOf(key),
		extendedProperties: { private: { [KEY]: key, ...(unfinished ? { [UNFINISHED]: "1" } : {}) } },
	};
	return merged(merged(raw === null ? {} : keptOf(raw), newBody(event, context)), marks);
}

function keptOf(raw: GoogleEvent): EventBody {
	const all: Json = { ...raw };
	const properties = KINDS[raw.eventType ?? ""];
	const names = [...KEPT, ...(properties === undefined ? [] : ["eventType", properties])];
	const kept = Object.fromEntries(names.flatMap((name) => (all[name] == null ? [] : [[name, all[name]]])));
	const own = isObject(kept.extendedProperties) ? kept.extendedProperties : {};
	const others = isObject(own.private)
		? Object.entries(own.private).filter(([name]) => !name.startsWith("kalends"))
		: [];
	return { ...kept, extendedProperties: { ...own, private: Object.fromEntries(others) } } as EventBody;
}
