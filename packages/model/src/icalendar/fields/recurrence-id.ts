import { readTimeLine, timeParams, timeValue } from "../date-value.ts";
import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";
import { contentLine, paramOf } from "../syntax/content-line.ts";

/** `recurrence_id`, `this_and_future`: RECURRENCE-ID and its RANGE (RFC 5545 §3.8.4.4); THISANDPRIOR is deprecated. */
export const recurrenceId = defineField<"recurrence_id" | "this_and_future">({
	keys: ["recurrence_id", "this_and_future"],
	names: ["RECURRENCE-ID"],
	read: (component, context) => {
		const line = propertyOf(component, "RECURRENCE-ID");
		const time = line === undefined ? null : readTimeLine(line, context);
		if (line === undefined || time === null) return { recurrence_id: null, this_and_future: false };
		return { recurrence_id: time, this_and_future: paramOf(line, "RANGE")?.toUpperCase() === "THISANDFUTURE" };
	},
	write: (event) => {
		if (event.recurrence_id === null) return { lines: [] };
		const params = { ...timeParams(event.recurrence_id), RANGE: event.this_and_future ? "THISANDFUTURE" : null };
		return { lines: [contentLine("RECURRENCE-ID", timeValue(event.recurrence_id), params)] };
	},
});
