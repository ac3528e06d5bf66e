import type { CalendarEvent } from "@kalends/client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { followFocus } from "../editor/write/follow-focus.ts";
import { eventQuery } from "./queries.ts";
import { dayOf, instantOf } from "./time/instants.ts";
import type { CalendarUrl } from "./use-calendar.ts";
import { forgetRenamed, idNow } from "./write/renamed.ts";

export interface OpenedEvent {
	readonly event: CalendarEvent | null;
	/** Why the event that the address names cannot be shown; null where nothing is wrong. */
	readonly error: Error | null;
	readonly open: (event: CalendarEvent) => void;
	readonly close: () => void;
	readonly retry: () => void;
}

/**
 * The event that the address names, read by itself where it is not among those that are shown. An address that names no day
 * goes to the event's.
 * @param ready whether `events` are all of the days that are shown
 */
export function useOpenedEvent(url: CalendarUrl, events: readonly CalendarEvent[], ready: boolean): OpenedEvent {
	const { state, reading, hasDate, go } = url;
	const { event: named } = state;
	const there = events.some((event) => event.id === named);
	const id = named === null || there ? named : idNow(named);
	const listed = events.find((event) => event.id === id) ?? null;
	const query = useQuery({ ...eventQuery(id ?? ""), enabled: id !== null && listed === null && ready });
	// What was read before it went is no longer there.
	const event = listed ?? (id === null || query.isError ? null : (query.data ?? null));
	const day = event === null ? null : dayOf(instantOf(event.start, reading.zone), reading.zone);
	useEffect(() => {
		if (day !== null && !hasDate) go({ date: day }, { replace: true });
	}, [day, hasDate, go]);
	useEffect(() => {
		if (id !== named) go({ event: id ?? undefined }, { replace: true });
	}, [id, named, go]);
	const open = useCallback(
		(opened: CalendarEvent) => {
			forgetRenamed(opened.id);
			go({ event: opened.id });
		},
		[go],
	);
	const close = () => {
		go({ event: undefined }, { replace: true });
		if (event !== null) followFocus(event.id);
	};
	const error = id !== null && event === null ? query.error : null;
	return { event, error, open, close, retry: () => void query.refetch() };
}
