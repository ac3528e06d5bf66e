import { readRecurrence } from "@kalends/model";
import { isException, textOf } from "../types.ts";
import { defineField } from "./field.ts";
import { linesInZone, linesOnWallClock } from "./floating-lines.ts";
import { isFloating } from "./times.ts";

/** `recurrence`: RRULE, EXRULE, RDATE and EXDATE lines; an exception has none. */
export const recurrence = defineField<"recurrence">({
	keys: ["recurrence"],
	read: (event, { timeZone, warn }) => {
		if (isException(event) || !Array.isArray(event.recurrence)) return { recurrence: null };
		const lines = event.recurrence.filter((line) => typeof line === "string");
		const zone = textOf(event.start?.timeZone) || timeZone;
		return { recurrence: readRecurrence(isFloating(event) ? linesOnWallClock(lines, zone) : lines, timeZone, warn) };
	},
	write: ({ recurrence_id, recurrence: lines, start }, _base, { timeZone }) => {
		if (recurrence_id !== null) return {};
		if (lines === null) return { recurrence: null };
		return { recurrence: [...(start.type === "floating" ? linesInZone(lines, timeZone) : lines)] };
	},
});
