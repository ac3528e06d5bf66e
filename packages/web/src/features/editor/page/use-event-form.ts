import { type CalendarEvent, KalendsError } from "@kalends/client";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { kalends } from "../../../api/kalends.ts";
import { keepDraft, readDraft } from "../draft.ts";
import { type EventValues, faultsOf, newEventOf, spanOf, type ValueFault } from "../form/values.ts";
import { linesOf, movedRule } from "../recurrence/rule.ts";

export interface EventForm {
	readonly values: EventValues;
	readonly initial: EventValues;
	readonly set: (values: EventValues) => void;
	/** Shown once somebody tried to save. */
	readonly faults: ReadonlySet<ValueFault>;
	readonly serverFaults: Readonly<Record<string, string>>;
	/** Whether it can be sent; else its faults are shown. */
	readonly check: () => boolean;
	/** @returns whether they were faults of fields, which are then shown */
	readonly onRefused: (error: unknown) => boolean;
	readonly restored: boolean;
	readonly dirty: boolean;
}

/** The editor's state; what is typed is kept as a draft. */
export function useEventForm(draftId: string, initial: EventValues): EventForm {
	const [{ values, restored }, setState] = useState(() => {
		const draft = readDraft(draftId, initial);
		return { values: draft ?? initial, restored: draft !== null };
	});
	const [tried, setTried] = useState(false);
	const [serverFaults, setServerFaults] = useState<Readonly<Record<string, string>>>({});
	const found = faultsOf(values);
	return {
		values,
		initial,
		restored,
		dirty: JSON.stringify(values) !== JSON.stringify(initial),
		set(next) {
			const { repetition } = next;
			const moved =
				repetition.kind === "rule" && next.startDay !== values.startDay && !faultsOf(next).has("start")
					? { ...repetition, rule: movedRule(repetition.rule, values.startDay, next.startDay) }
					: repetition;
			const kept = { ...next, repetition: moved };
			setState({ values: kept, restored });
			setServerFaults({});
			keepDraft(draftId, kept);
		},
		faults: tried ? found : new Set([...found].filter((fault) => fault === "end")),
		serverFaults,
		check() {
			setTried(true);
			return found.size === 0;
		},
		onRefused(error) {
			if (!(error instanceof KalendsError) || error.code !== "invalid_request") return false;
			const byField = Object.entries(error.fields).map(
				([field, detail]) => [field.split(/[.[]/)[0] ?? field, detail] as const,
			);
			setServerFaults(Object.fromEntries(byField));
			return true;
		},
	};
}

const SHOWN_DATES = 5;

/** What the server says of what is in the form: whom it would mail, and the next dates of its rule. */
export function usePreview(values: EventValues, event: CalendarEvent | null) {
	const ready = faultsOf(values).size === 0;
	const body = useDeferredValue(ready ? newEventOf(values) : null);
	const repeats = useQuery({
		queryKey: ["preview", "dates", body?.calendar_id, body?.start, body?.end, body?.recurrence],
		queryFn: ({ signal }) => {
			if (body === null) throw new TypeError("nothing to preview");
			const { calendar_id, start, end, recurrence } = body;
			return kalends.events.previewCreate({ calendar_id, title: "", start, end, recurrence }, { signal });
		},
		enabled: body !== null && values.repetition.kind !== "none",
		placeholderData: (before) => before,
		gcTime: 60_000,
	});
	const mails = useQuery({
		queryKey: ["preview", "mails", body?.calendar_id, body?.participants],
		queryFn: ({ signal }) => {
			if (body === null) throw new TypeError("nothing to preview");
			return kalends.events.previewCreate(body, { signal });
		},
		enabled: body !== null && event === null && values.guests.length > 0,
		placeholderData: (before) => before,
		gcTime: 60_000,
	});
	const none = values.repetition.kind === "none" || linesOf(values.repetition, spanOf(values).start) === null;
	const occurrences = none ? [] : (repeats.data?.occurrences ?? []);
	return {
		dates: occurrences.slice(0, SHOWN_DATES).map(({ start }) => start),
		more: occurrences.length > SHOWN_DATES,
		mails: event === null && values.guests.length > 0 ? (mails.data?.mails ?? []) : [],
	};
}
