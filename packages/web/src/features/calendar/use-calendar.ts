import type { Calendar } from "@kalends/client";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { startTransition, useCallback } from "react";
import { useNow } from "../../ui/use-now.ts";
import { dayOf } from "./time/instants.ts";
import { type CalendarSearch, type CalendarState, hideParam, stateOf } from "./url/state.ts";
import { type PersonalReading, useIsPhone, useReading } from "./use-reading.ts";

/** Undefined: the address no longer says it. */
type Change = { readonly [Name in keyof CalendarSearch]?: string | undefined };

export interface CalendarUrl {
	readonly state: CalendarState;
	/** In the zone that is shown. */
	readonly reading: PersonalReading;
	/** The person's own zone, whatever is shown. */
	readonly ownZone: string;
	/** `YYYY-MM-DD` */
	readonly today: string;
	readonly isPhone: boolean;
	/** Whether the address names a day. */
	readonly hasDate: boolean;
	/** Only tells what changes. */
	readonly go: (change: Change, options?: { readonly replace?: boolean }) => void;
	readonly show: (calendar: Calendar, shown: boolean) => void;
}

/** The calendar's state is its address, so that it can be kept, shared and gone back to. */
export function useCalendarUrl(): CalendarUrl {
	const own = useReading();
	const now = useNow();
	const isPhone = useIsPhone();
	const search: CalendarSearch = useSearch({ strict: false });
	const navigate = useNavigate();
	const defaults = { zone: own.zone, secondZone: own.secondZone, isPhone };
	const state = stateOf(search, { ...defaults, today: dayOf(now, own.zone) });
	const today = dayOf(now, state.zone);
	const go = useCallback<CalendarUrl["go"]>(
		(change, { replace = false } = {}) => {
			startTransition(() => {
				const search = (before: CalendarSearch) => {
					const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined);
					return Object.fromEntries(kept) as CalendarSearch;
				};
				void navigate({ to: "/calendar", search, replace });
			});
		},
		[navigate],
	);
	const { hidden } = state;
	const show = useCallback<CalendarUrl["show"]>(
		({ id }, shown) => {
			const next = new Set(hidden);
			if (shown) next.delete(id);
			else next.add(id);
			go({ hide: hideParam(next) }, { replace: true });
		},
		[go, hidden],
	);
	const hasDate = search.date !== undefined;
	return { state, reading: { ...own, zone: state.zone }, ownZone: own.zone, today, isPhone, hasDate, go, show };
}
