import { memoize } from "../../time/bounded-cache.ts";
import { ianaName } from "../../time/iana.ts";
import { type ResolvedZone, resolveTzid, type ZoneDefinition } from "../../time/resolve-tzid.ts";
import { compileZone } from "../../time/vtimezone.ts";
import { windowsZoneName } from "../../time/windows.ts";
import { type Component, propertyOf, serializeComponent } from "../syntax/component.ts";

const MAX_ZONES = 2000;
const MAX_COMPILED = 32;
const MAX_DEFINITION = 32 * 1024;

/** The VTIMEZONEs of some calendars by TZID; the first of a TZID counts. */
export function timezoneComponents(calendars: readonly Component[]): ReadonlyMap<string, Component> {
	const found = new Map<string, Component>();
	for (const component of calendars.flatMap((calendar) => calendar.components)) {
		const tzid = component.name === "VTIMEZONE" ? propertyOf(component, "TZID")?.value.trim() : undefined;
		if (tzid !== undefined && !found.has(tzid) && found.size < MAX_ZONES) found.set(tzid, component);
	}
	return found;
}

/**
 * The same, ready to be resolved; rules are compiled when first asked for. Beyond {@link MAX_COMPILED} zones, and for
 * definitions of more than {@link MAX_DEFINITION} characters, rules count as unusable.
 */
export function zoneDefinitions(components: ReadonlyMap<string, Component>): ReadonlyMap<string, ZoneDefinition> {
	const definitions = new Map<string, ZoneDefinition>();
	let left = MAX_COMPILED;
	for (const [tzid, component] of components) {
		const text = once(() => serializeComponent(component));
		const zone = once(() => (left-- > 0 && text().length <= MAX_DEFINITION ? compileZone(component) : null));
		const location = propertyOf(component, "X-LIC-LOCATION")?.value.trim() ?? null;
		definitions.set(tzid, { text, location, zone });
	}
	return definitions;
}

function once<Result>(compute: () => Result): () => Result {
	let done: { readonly result: Result } | undefined;
	return () => {
		done ??= { result: compute() };
		return done.result;
	};
}

/** The calendar's own zone as an IANA name: X-WR-TIMEZONE, else TIMEZONE-ID; null where it has none that is known. */
export function calendarZone(calendar: Component): string | null {
	const line = propertyOf(calendar, "X-WR-TIMEZONE") ?? propertyOf(calendar, "TIMEZONE-ID");
	const name = line?.value.trim() ?? "";
	return ianaName(name) ?? windowsZoneName(name);
}

/** Resolves the TZIDs of one calendar, each once. */
export function zoneResolver(
	definitions: ReadonlyMap<string, ZoneDefinition>,
	fallback: string | null,
): (tzid: string) => ResolvedZone {
	return memoize(MAX_ZONES, (tzid) => resolveTzid(tzid, { definitions, fallback }));
}
