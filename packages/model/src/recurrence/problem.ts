/** Stable codes: stored with the event and shown to people. */
export type ExpansionProblemCode =
	/** A rule or date breaks the grammar of RFC 5545; it counts as absent. */
	| "recurrence_malformed"
	/** A rule asks for something that is not supported, such as another calendar than the Gregorian. */
	| "recurrence_unsupported"
	/** More occurrences than the limit fall in the range; the rest is cut off. */
	| "recurrence_too_many"
	/** Working the rule out would take more steps, time or memory than allowed; the rest is cut off. */
	| "recurrence_too_expensive";

/** Why an expansion does not show all that the series says. */
export interface ExpansionProblem {
	readonly code: ExpansionProblemCode;
	/** What happened and how to fix it, for people. */
	readonly detail: string;
}

export function malformed(what: string): ExpansionProblem {
	return {
		code: "recurrence_malformed",
		detail: `The recurrence of this event is broken: ${what}. Set the repetition anew in the calendar it comes from.`,
	};
}

export function unsupported(what: string): ExpansionProblem {
	return {
		code: "recurrence_unsupported",
		detail: `This event repeats in a way that is not supported: ${what}. Only what else is known of it is shown.`,
	};
}

export function tooMany(limit: number): ExpansionProblem {
	return {
		code: "recurrence_too_many",
		detail: `This event has more than ${limit} occurrences in the range asked for. Ask for a shorter range to see the rest.`,
	};
}

export function tooExpensive(): ExpansionProblem {
	return {
		code: "recurrence_too_expensive",
		detail:
			"The recurrence of this event takes too much work to compute. Set a simpler repetition in the calendar it comes from.",
	};
}

/** Cuts hostile text down to what a sentence can hold. */
export function quote(text: string): string {
	const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
	return `"${short.replace(/[^\x20-\x7e…]/g, "?")}"`;
}
