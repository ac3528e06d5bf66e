import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import { ianaName } from "./iana.ts";

/** Names that CLDR has dropped or never had, still found in old exports. */
const RETIRED: readonly (readonly [string, string])[] = [
	["Armenian Standard Time", "Asia/Yerevan"],
	["Kamchatka Standard Time", "Asia/Kamchatka"],
	["Mid-Atlantic Standard Time", "Etc/GMT+2"],
	["Mexico Standard Time", "America/Mexico_City"],
	["Mexico Standard Time 2", "America/Chihuahua"],
];

const byWindowsName = new Map<string, string>(RETIRED.map(([windows, iana]) => [windows.toLowerCase(), iana]));
for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP) {
	if (territory === "001") byWindowsName.set(windowsName.toLowerCase(), iana[0]);
}

/**
 * The IANA zone of a Windows zone name (CLDR windowsZones, territory 001) in any letter case; Exchange's numeric
 * suffix (`GMT Standard Time 1`) is dropped. Null where the name, or its zone in this runtime, is unknown.
 */
export function windowsZoneName(name: string): string | null {
	const plain = name.trim().toLowerCase();
	const zone = byWindowsName.get(plain) ?? byWindowsName.get(plain.replace(/ \d+$/, ""));
	return zone === undefined ? null : ianaName(zone);
}
