import { resolveTzid } from "@kalends/model";

const NO_DEFINITIONS = { definitions: new Map(), fallback: null } as const;
/** Other names of UTC, which iCalendar writes with `Z` in place of a zone. */
const UTC_NAMES = /^(Etc\/)?(UTC|UCT|Zulu|Universal)$/;

/** The IANA name of a zone given by its IANA or Windows name, in any letter case; null where it is unknown. */
export function zoneFromWire(text: string): string | null {
	const { name } = resolveTzid(text, NO_DEFINITIONS);
	return name !== null && UTC_NAMES.test(name) ? "UTC" : name;
}

/** A sentence about an unknown zone, with the known one whose name is nearest where one is near. */
export function unknownZone(text: string): string {
	const nearest = nearestZone(text);
	const hint = nearest === null ? "Use an IANA name, e.g. Europe/Berlin." : `Did you mean ${nearest}?`;
	return `This time zone is unknown. ${hint}`;
}

function nearestZone(text: string): string | null {
	const wanted = text.trim().toLowerCase().replaceAll(" ", "_");
	let best: { readonly name: string; readonly distance: number } | null = null;
	for (const name of Intl.supportedValuesOf("timeZone")) {
		const known = name.toLowerCase();
		const city = known.slice(known.lastIndexOf("/") + 1);
		const distance = Math.min(editDistance(wanted, known), editDistance(wanted, city));
		if (best === null || distance < best.distance) best = { name, distance };
	}
	return best !== null && best.distance <= Math.max(1, Math.floor(wanted.length / 4)) ? best.name : null;
}

/** Letters to add, remove or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
