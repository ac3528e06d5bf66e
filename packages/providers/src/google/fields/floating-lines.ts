import { formatInstant, formatLocal, ianaZone, parseLocal, toBasic, type Zone } from "@kalends/model";

const TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z?)$/i;
const DATES = /^(RDATE|EXDATE)((?:;[^:;=]+=[^:;]*)*):(.*)$/i;

/**
 * Lines of a floating series as Google takes them, where every timed series has a zone: UNTIL in UTC, dates in the zone
 * that the series is written in (RFC 5545 §3.3.10).
 */
export function linesInZone(lines: readonly string[], zoneName: string): readonly string[] {
	const zone = ianaZone(zoneName);
	if (zone === null) return lines;
	return lines.map((line) => {
		const dates = DATES.exec(line);
		if (dates === null) return withUntil(line, (value) => toUtc(value, zone));
		const [, name = "", params = "", values = ""] = dates;
		const isLocal = params === "" && values.split(",").every((value) => TIME.exec(value)?.[7] === "");
		return isLocal ? `${name};TZID=${zoneName}:${values}` : line;
	});
}

/** The same lines read back: on the wall clock, as the series belongs to no zone. */
export function linesOnWallClock(lines: readonly string[], zoneName: string): readonly string[] {
	const zone = ianaZone(zoneName);
	if (zone === null) return lines;
	return lines.map((line) => {
		const dates = DATES.exec(line);
		if (dates === null) return withUntil(line, (value) => toLocal(value, zone, zone));
		const [, name = "", params = "", values = ""] = dates;
		const tzid = /^;TZID=([^;]+)$/i.exec(params)?.[1];
		const from = tzid === undefined ? zone : ianaZone(tzid);
		const isPlain = params === "" || tzid !== undefined;
		if (!isPlain || from === null || !values.split(",").every((value) => TIME.test(value))) return line;
		const local = values.split(",").map((value) => toLocal(value, from, zone));
		return `${name}:${local.join(",")}`;
	});
}

function withUntil(line: string, change: (value: string) => string): string {
	return line.replace(/(\bUNTIL=)(\d{8}T\d{6}Z?)/i, (_, name: string, value: string) => name + change(value));
}

/** Milliseconds of what is written, wherever that is. */
function written(value: string): { readonly at: number; readonly utc: boolean } {
	const [, year, month, day, hour, minute, second, mark] = TIME.exec(value) ?? [];
	return { at: parseLocal(`${year}-${month}-${day}T${hour}:${minute}:${second}`), utc: mark !== "" };
}

function toUtc(value: string, zone: Zone): string {
	const { at, utc } = written(value);
	return utc ? value : toBasic(formatInstant(zone.toInstant(at)));
}

function toLocal(value: string, from: Zone, to: Zone): string {
	const { at, utc } = written(value);
	if (!utc && from === to) return value;
	const instant = utc ? at : from.toInstant(at);
	return toBasic(formatLocal(instant + to.offsetAt(instant)));
}
