import { readRecurrence } from "@kalends/model";
import { isException } from "../types.ts";
import { defineField } from "./field.ts";

/** `recurrence`: RRULE, EXRULE, RDATE and EXDATE lines; an exception has none. */
export const recurrence = defineField<"recurrence">({
	keys: ["recurrence"],
	read: (event, { timeZone, warn }) => {
		if (isException(event) || !Array.isArray(event.recurrence)) return { recurrence: null };
		const lines = event.recurrence.filter((line) => typeof line === "string");
		return { recurrence: readRecurrence(lines, timeZone, warn) };
	},
	write: (event) => {
		if (event.recurrence_id !== null) return {};
		return { recurrence: event.recurrence === null ? null : [...event.recurrence] };
	},
});
