import type {
	CalendarEvent,
	EventDateTime,
	Expansion,
	ExpansionOptions,
	InstantRange,
	Occurrence,
	Series,
} from "@kalends/model";

/** What the expansion thread is asked. */
export interface ExpansionTask {
	readonly series: Series;
	readonly range: InstantRange;
	readonly options: ExpansionOptions;
}

/** What it answers: an expansion whose occurrences name their event. */
export interface ExpansionAnswer extends Omit<Expansion, "occurrences"> {
	readonly occurrences: readonly AnsweredOccurrence[];
}

interface AnsweredOccurrence {
	/** Absent where the occurrence starts there. */
	readonly original_start?: EventDateTime;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	/** The place of the override among the series' overrides; absent for the master. */
	readonly override?: number;
}

/** A task without what expansion does not look at, such as descriptions. */
export function taskOf(series: Series, range: InstantRange, options: ExpansionOptions): ExpansionTask {
	const { master, overrides } = series;
	return { series: { master: master === null ? null : slim(master), overrides: overrides.map(slim) }, range, options };
}

function slim(event: CalendarEvent): CalendarEvent {
	return { ...event, title: "", description: "", location: "", participants: [], attachments: [], categories: [] };
}

export function answerOf(expansion: Expansion, series: Series): ExpansionAnswer {
	const places = new Map<CalendarEvent, number>(series.overrides.map((override, index) => [override, index]));
	const occurrences = expansion.occurrences.map(({ original_start, start, end, event }): AnsweredOccurrence => {
		const override = places.get(event);
		const moved = original_start === start ? {} : { original_start };
		return { ...moved, start, end, ...(override === undefined ? {} : { override }) };
	});
	return { ...expansion, occurrences };
}

/** Puts the caller's own events back into the answer. */
export function expansionOf(answer: ExpansionAnswer, series: Series): Expansion {
	const occurrences: Occurrence[] = [];
	for (const { original_start, start, end, override } of answer.occurrences) {
		const event = override === undefined ? series.master : series.overrides[override];
		if (event !== null && event !== undefined) {
			occurrences.push({ original_start: original_start ?? start, start, end, event });
		}
	}
	return { ...answer, occurrences };
}
