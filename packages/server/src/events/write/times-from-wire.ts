import {
	addDays,
	type CustomZones,
	compareTimes,
	type EventDateTime,
	formatLocal,
	instantOf,
	sameTime,
	zoneOf,
} from "@kalends/model";
import type { FieldFault } from "../../http/errors.ts";
import { placeTime, type WrittenTime } from "./time-from-wire.ts";

export interface TimesInput {
	/** Undefined: not sent. */
	readonly start: WrittenTime | null | undefined;
	readonly end: WrittenTime | null | undefined;
}

export interface PresentTimes {
	/** Null: of a new event, which has none yet. */
	readonly start: EventDateTime | null;
	readonly end: EventDateTime | null;
	readonly customZones?: CustomZones;
}

export interface ReadTimes {
	/** Null where a fault leaves it open. */
	readonly start: EventDateTime | null;
	readonly end: EventDateTime | null;
	/** The start is an instant without a zone that a series could follow. */
	readonly fixedStart: boolean;
	readonly faults: readonly FieldFault[];
}

/**
 * Start and end as they are meant to be, in the same type and in order. What is not sent stays as it is; a new event of
 * days without an end has one day.
 */
export function timesFromWire(input: TimesInput, present: PresentTimes): ReadTimes {
	const faults: FieldFault[] = [];
	const isNew = present.start === null;
	const start = place("start", input.start, present.start, present.customZones, faults);
	const isDay = start.time?.type === "date";
	const end =
		isNew && input.end == null
			? { time: isDay && start.time !== null ? addDays(start.time, 1) : null, fixed: false }
			: place("end", input.end, present.end, present.customZones, faults);
	if (isNew && input.end == null && !isDay && start.time !== null) {
		faults.push({ field: "end", detail: "An event that is not all-day needs an end." });
	}
	if (start.time !== null && end.time !== null) {
		const detail =
			isMoment(present) && isMoment({ start: start.time, end: end.time })
				? null
				: orderFault(start.time, end.time, present.customZones);
		if (detail !== null) faults.push({ field: "end", detail });
	}
	return { start: start.time, end: end.time, fixedStart: start.fixed, faults };
}

function place(
	field: "start" | "end",
	written: WrittenTime | null | undefined,
	present: EventDateTime | null,
	customZones: CustomZones | undefined,
	faults: FieldFault[],
): { readonly time: EventDateTime | null; readonly fixed: boolean } {
	if (written === null || (written === undefined && present === null)) {
		faults.push({ field, detail: `An event must have ${field === "start" ? "a start" : "an end"}.` });
		return { time: null, fixed: false };
	}
	if (written === undefined) return { time: present, fixed: false };
	const placed = placeTime(written, present, customZones);
	if (placed.time !== null) return placed;
	faults.push({ field: `${field}.${placed.field}`, detail: placed.detail });
	return { time: null, fixed: false };
}

/** What other programs made without length may stay so. */
function isMoment({ start, end }: Pick<PresentTimes, "start" | "end">): boolean {
	return start !== null && end !== null && start.type !== "date" && sameTime(start, end);
}

function orderFault(start: EventDateTime, end: EventDateTime, customZones?: CustomZones): string | null {
	if (start.type !== end.type) return `The end must be ${KINDS[start.type]}, as the start is.`;
	if (compareTimes(start, end, "UTC") < 0) return null;
	if (start.type === "date") return "The end must be after the start; it is the day after the last one.";
	const skipped = [start, end].flatMap((time) => skippedText(time, customZones));
	return ["The end must be after the start.", ...new Set(skipped)].join(" ");
}

/** Says of a wall clock that the clocks go over what it is instead; nothing of another (RFC 5545 §3.3.5). */
function skippedText(time: EventDateTime, customZones?: CustomZones): string[] {
	if (time.type !== "zoned" || time.zone === null) return [];
	const instant = instantOf(time, "UTC");
	const is = formatLocal(instant + zoneOf(time, customZones).offsetAt(instant));
	return is === time.local ? [] : [`The clocks of ${time.zone} go forward then: ${time.local} is ${is}.`];
}

const KINDS: Readonly<Record<EventDateTime["type"], string>> = {
	date: "a date",
	floating: "a floating time",
	zoned: "a time with a zone or offset",
};
