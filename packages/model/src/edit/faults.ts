import type { EditFault, RefusedPlan } from "./plan.ts";

export function refused(...faults: readonly EditFault[]): RefusedPlan {
	return { type: "refused", faults };
}

export const SCOPE_REQUIRED: EditFault = {
	code: "recurrence_scope_required",
	field: "scope",
	detail: "This event repeats, so the change must say which occurrences it is for.",
	fix: "Send `scope=this`, `scope=following` or `scope=all`.",
};

export const NOT_AN_OCCURRENCE: EditFault = {
	code: "not_an_occurrence",
	field: "id",
	detail: "The series has no such occurrence, or has it no more.",
	fix: "List the events again and use the id of an occurrence that is there.",
};

export const OCCURRENCE_NEEDED: EditFault = {
	code: "not_an_occurrence",
	field: "id",
	detail: "The id names the whole series, not one of its occurrences.",
	fix: "Use the id of an occurrence, or `scope=all`.",
};

export const RULE_OF_ONE: EditFault = {
	code: "scope_unsupported",
	field: "recurrence",
	detail: "One occurrence cannot have a repetition of its own.",
	fix: "Leave `recurrence` out, or use `scope=following` or `scope=all`.",
};

export const WITHOUT_MASTER: EditFault = {
	code: "scope_unsupported",
	field: "scope",
	detail: "Only single occurrences of this series are known here, not the series itself.",
	fix: "Use `scope=this`.",
};

export const RULE_NEEDED: EditFault = {
	code: "recurrence_rule_needed",
	field: "recurrence",
	detail: "It is not clear how the repetition of this event should follow the change.",
	fix: "Send `recurrence` too, with the rule as it is to be.",
};

export const TOO_EXPENSIVE: EditFault = {
	code: "recurrence_too_expensive",
	field: "recurrence",
	detail: "The repetition of this event takes too much work to compute.",
	fix: "Send a simpler `recurrence`.",
};

export const OUT_OF_CALENDAR: EditFault = {
	code: "time_invalid",
	field: "start",
	detail: "The change leads some occurrences out of the years 1 to 9999.",
};

export const NOTHING_LEFT: EditFault = {
	code: "recurrence_invalid",
	field: "recurrence",
	detail: "The repetition leaves no occurrence at all.",
	fix: "Send a rule that has the start, or delete the event.",
};
