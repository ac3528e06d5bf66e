import { createHash } from "node:crypto";
import { type Component, serializeComponent } from "../syntax/component.ts";
import { paramOf } from "../syntax/content-line.ts";
import type { EventGroup } from "./group.ts";

/** Calendar properties that change what its components mean. */
const MEANINGFUL = new Set(["VERSION", "PRODID", "CALSCALE", "X-WR-TIMEZONE", "TIMEZONE-ID"]);

/** A VCALENDAR of the group's components as they were read, with the VTIMEZONEs that they name. */
export function rawOf(group: EventGroup): string {
	const first = group.sources[0];
	const components = group.sources.map(({ component }) => component);
	const properties = first?.calendar.properties.filter(({ name }) => MEANINGFUL.has(name)) ?? [];
	const tzids = [...new Set(components.flatMap(tzidsOf))];
	const zones = tzids.map((tzid) => first?.timezones.get(tzid)).filter((zone) => zone !== undefined);
	return serializeComponent({ name: "VCALENDAR", properties, components: [...zones, ...components] });
}

/** The TZIDs that a component names. */
export function tzidsOf(component: Component): string[] {
	const own = component.properties.flatMap((line) => paramOf(line, "TZID")?.trim() ?? []);
	return [...own, ...component.components.flatMap(tzidsOf)];
}

/** Some producers make these anew for each answer, so they say nothing of a change. */
const VOLATILE = new Set(["DTSTAMP", "UID"]);

/** SHA-256 in hex over the components and the zone definitions in use, sorted, without UID and DTSTAMP. */
export function contentHashOf(group: EventGroup): string {
	const components = group.sources.map(({ component }) => digestible(component)).sort();
	const zones = group.mapped.map(({ event }) => JSON.stringify(event.custom_zones ?? null)).sort();
	return createHash("sha256")
		.update(JSON.stringify([components, zones]))
		.digest("hex");
}

function digestible(component: Component): string {
	const lines = component.properties.filter(({ name }) => !VOLATILE.has(name)).map(({ text }) => text.trimEnd());
	return JSON.stringify([component.name, lines.sort(), component.components.map(digestible).sort()]);
}
