import { fallbackZone } from "./fallback.ts";
import { ianaName, ianaZone, UTC } from "./iana.ts";
import { windowsZoneName } from "./windows.ts";
import type { Zone } from "./zone.ts";

/** What a file says about a TZID: one of its VTIMEZONE components. */
export interface ZoneDefinition {
	/** The VTIMEZONE as text. */
	readonly text: () => string;
	/** Its X-LIC-LOCATION, or null. */
	readonly location: string | null;
	/** The zone that its rules define; null where they are unusable. */
	readonly zone: () => Zone | null;
}

export interface TzidContext {
	readonly definitions: ReadonlyMap<string, ZoneDefinition>;
	/** X-WR-TIMEZONE, else the calendar's own default: an IANA or Windows name. Null where there is neither. */
	readonly fallback: string | null;
}

export interface ResolvedZone {
	readonly zone: Zone;
	/** The IANA name; null where a VTIMEZONE, or nothing, defines the zone. */
	readonly name: string | null;
	/** The TZID as written. */
	readonly tzid: string;
	/** VTIMEZONE text that defines the TZID where no IANA name does. */
	readonly definition: string | null;
	/** True where neither the name nor a definition is known and a fallback was taken. */
	readonly uncertain: boolean;
}

/**
 * Finds the zone that a TZID means: an IANA name (any letter case, links included), the X-LIC-LOCATION of its
 * VTIMEZONE, a Windows name, a path that ends in an IANA name, the rules of its VTIMEZONE, and last the fallback
 * (then UTC), which is flagged as uncertain.
 */
export function resolveTzid(tzid: string, context: TzidContext): ResolvedZone {
	const stripped = tzid.replace(/["']/g, "").trim();
	const definition = context.definitions.get(tzid) ?? context.definitions.get(stripped);
	const name =
		ianaName(stripped) ?? ianaName(definition?.location ?? "") ?? windowsZoneName(stripped) ?? ianaNameAtEnd(stripped);
	if (name !== null) {
		return { zone: ianaZone(name) ?? UTC, name, tzid, definition: null, uncertain: false };
	}
	const custom = definition?.zone() ?? null;
	if (definition !== undefined && custom !== null) {
		return { zone: custom, name: null, tzid, definition: definition.text(), uncertain: false };
	}
	const fallback = fallbackZone(context.fallback);
	return { zone: fallback, name: null, tzid, definition: fallbackDefinition(tzid, fallback.id), uncertain: true };
}

/** The longest IANA name that a path such as `/mozilla.org/20050126_1/America/Argentina/Buenos_Aires` ends in. */
function ianaNameAtEnd(path: string): string | null {
	if (!path.includes("/")) return null;
	const segments = path.split("/").slice(-3);
	for (let length = segments.length; length > 0; length--) {
		const name = ianaName(segments.slice(-length).join("/"));
		if (name !== null) return name;
	}
	return null;
}

/** Names the fallback in the form that expansion reads, so that an uncertain series keeps its wall clock over DST. */
function fallbackDefinition(tzid: string, zone: string): string {
	return `BEGIN:VTIMEZONE\r\nTZID:${tzid}\r\nX-LIC-LOCATION:${zone}\r\nEND:VTIMEZONE\r\n`;
}
