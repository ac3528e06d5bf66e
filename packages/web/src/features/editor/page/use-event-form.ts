import type { CalendarEvent } from "@kalends/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useDeferredValue, useRef, useState } from "react";
import { kalends } from "../../../api/kalends.ts";
import { sessionQuery } from "../../../api/queries.ts";
import { draftMark, dropDraft, handOver, keepDraft, NEW, readDraft } from "../draft.ts";
import { type EventValues, faultsOf, faultsOfChange, newEventOf, spanOf, type ValueFault } from "../form/values.ts";
import { leaveOnlyDraftsOf } from "../kept.ts";
import { linesOf, movedRule } from "../recurrence/rule.ts";
import type { Sent } from "../sent.ts";
import { isFault } from "../write/errors.ts";

export interface EventForm {
	readonly values: EventValues;
	/** What `values` are a change of. */
	readonly initial: EventValues;
	/** The event that is changed, as it was when that began. Null: it is new. */
	readonly base: CalendarEvent | null;
	readonly set: (values: EventValues) => void;
	/** Shown once somebody tried to save. */
	readonly faults: ReadonlySet<ValueFault>;
	readonly serverFaults: Readonly<Record<string, string>>;
	/** Why it was not saved, where no field is to blame. */
	readonly failure: unknown;
	/** Whether it can be sent; else its faults are shown. */
	readonly check: () => boolean;
	readonly onFailed: (error: unknown) => void;
	/** What was typed before was found again. */
	readonly restored: boolean;
	/** Back to the event as it is now. */
	readonly startAnew: () => void;
	readonly forget: () => void;
	/** The new event that was made of it, where the answer has not come: also before a reload. */
	readonly sent: () => Sent | null;
	readonly noteSent: (sent: Sent | null) => void;
	/** What was typed goes on in another form, and also what is typed until that one is there. */
	readonly handOverTo: (draftId: string) => void;
	readonly dirty: boolean;
	/** Whether something was typed after that was sent. */
	readonly isNewerThan: (sent: EventValues) => boolean;
	/** What is in it by now, also for whoever began before that was typed. */
	readonly latest: () => EventValues;
}

/** Whether what is in the form is on its way to the server. */
export const Sending = createContext(false);

export interface FormStart {
	/** Drafts are kept under it. */
	readonly draftId: string;
	/** As it is now; null: it is new. */
	readonly event: CalendarEvent | null;
	readonly valuesOf: (event: CalendarEvent | null) => EventValues;
	/** What of a draft is taken over; else all of it. */
	readonly adopt?: (draft: EventValues, now: EventValues) => EventValues;
}

/** The editor's state; what is typed is kept as a draft. */
export function useEventForm({ draftId, event, valuesOf, adopt = (draft) => draft }: FormStart): EventForm {
	const client = useQueryClient();
	const sent = useRef<Sent | null>(null);
	const mark = useRef<string | null>(null);
	const [{ values, initial, base, restored }, setState] = useState(() => {
		const now = valuesOf(event);
		const session = client.getQueryData(sessionQuery.queryKey);
		if (session) leaveOnlyDraftsOf(session.user.id);
		const draft = readDraft(draftId, now);
		const isThrough = draft !== null && draft.base !== null && isSame(draft.values, now);
		if (isThrough) dropDraft(draftId);
		if (draft === null || isThrough) return { values: now, initial: now, base: event, restored: false };
		sent.current = draft.sent ?? null;
		mark.current = draftMark(draftId);
		const initial = draft.base === null ? now : valuesOf(draft.base);
		return {
			values: adopt(draft.values, now),
			initial,
			base: draft.base ?? event,
			restored: draft.handedOver !== true,
		};
	});
	const [heir, setHeir] = useState<string | null>(null);
	const [tried, setTried] = useState(false);
	const [failure, setFailure] = useState<unknown>(null);
	const [serverFaults, setServerFaults] = useState<Readonly<Record<string, string>>>({});
	const latest = useRef(values);
	latest.current = values;
	const found = faultsOfChange(values, initial);
	const keepAs = (next: EventValues) => {
		if (heir !== null) keepDraft(heir, { values: next, base, handedOver: true });
		else mark.current = keepDraft(draftId, { values: next, base, sent: sent.current });
	};
	return {
		values,
		initial,
		base,
		restored,
		dirty: !isSame(values, initial),
		isNewerThan: (sent) => !isSame(latest.current, sent),
		latest: () => latest.current,
		set(next) {
			const { repetition } = next;
			const moved =
				repetition.kind === "rule" && next.startDay !== values.startDay && !faultsOf(next).has("start")
					? { ...repetition, rule: movedRule(repetition.rule, values.startDay, next.startDay) }
					: repetition;
			const kept = { ...next, repetition: moved };
			setState((before) => ({ ...before, values: kept }));
			setServerFaults({});
			keepAs(kept);
		},
		startAnew() {
			dropDraft(draftId, mark.current);
			sent.current = null;
			const now = valuesOf(event);
			setState({ values: now, initial: now, base: event, restored: false });
			setFailure(null);
			setServerFaults({});
			setTried(false);
		},
		forget: () => dropDraft(draftId, mark.current),
		sent: () => sent.current,
		noteSent(next) {
			sent.current = next;
			if (heir === null && draftMark(draftId) === mark.current) keepAs(latest.current);
		},
		handOverTo(other) {
			setHeir(other);
			if (other === NEW) handOver(latest.current);
			else keepDraft(other, { values: latest.current, base, handedOver: true });
			dropDraft(draftId, mark.current);
		},
		faults: tried ? found : new Set([...found].filter((fault) => fault === "end-before-start")),
		serverFaults,
		failure,
		check() {
			setTried(true);
			setFailure(null);
			return found.size === 0;
		},
		onFailed(error) {
			if (!isFault(error)) return setFailure(error);
			const byField = Object.entries(error.fields).map(
				([field, detail]) => [field.split(/[.[]/)[0] ?? field, detail] as const,
			);
			setServerFaults(Object.fromEntries(byField));
		},
	};
}

function isSame(one: EventValues, other: EventValues): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

const SHOWN_DATES = 5;

/** What the server says of what is in the form: whom it would mail, and the next dates of its rule. */
export function usePreview(values: EventValues, event: CalendarEvent | null) {
	// Each letter of a guest's address would ask anew.
	const asked = { ...values, guestText: "" };
	const ready = faultsOf(asked).size === 0;
	const body = useDeferredValue(ready ? newEventOf(asked) : null);
	const hasGuests = (body?.participants?.length ?? 0) > 0;
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
		enabled: body !== null && event === null && hasGuests,
		placeholderData: (before) => before,
		gcTime: 60_000,
	});
	const none = !ready || linesOf(values.repetition, spanOf(values).start) === null;
	const occurrences = none ? [] : (repeats.data?.occurrences ?? []);
	return {
		dates: occurrences.slice(0, SHOWN_DATES).map(({ start }) => start),
		more: occurrences.length > SHOWN_DATES,
		mails: event === null && hasGuests ? (mails.data?.mails ?? []) : [],
	};
}
