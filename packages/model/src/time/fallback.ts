import { ianaZone, UTC } from "./iana.ts";
import { windowsZoneName } from "./windows.ts";
import type { Zone } from "./zone.ts";

/** The zone of a default that a file or a setting names, by IANA or Windows name; UTC where it is unknown. */
export function fallbackZone(name: string | null): Zone {
	if (name === null) return UTC;
	return ianaZone(name.trim()) ?? ianaZone(windowsZoneName(name) ?? "") ?? UTC;
}
