import type { CalendarEvent } from "@kalends/client";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { dayOf, daysOf } from "../../calendar/time/instants.ts";
import { type CalendarSearch, searchShowing, stateOf } from "../../calendar/url/state.ts";
import { useIsPhone, useReading } from "../../calendar/use-reading.ts";

/** Back to where one came from, else to the calendar; of that to where what was made is in sight. */
export function useLeave(): { readonly leave: (made?: CalendarEvent) => void; readonly isHere: () => boolean } {
	const here = useRef(true);
	useEffect(() => {
		here.current = true;
		return () => {
			here.current = false;
		};
	}, []);
	const router = useRouter();
	const navigate = useNavigate();
	const { zone, secondZone, weekStart } = useReading();
	const isPhone = useIsPhone();
	const leave = (made?: CalendarEvent) => {
		// Whoever has left while it was saved stays where they went.
		if (!here.current) return;
		here.current = false;
		if (!router.history.canGoBack()) {
			const search = made === undefined ? {} : { date: daysOf(made.start, made.end, zone).first };
			void navigate({ to: "/calendar", search });
			return;
		}
		const unsubscribe = router.history.subscribe(({ location: { pathname, search } }) => {
			unsubscribe();
			if (made === undefined || pathname !== "/calendar") return;
			const before: CalendarSearch = router.options.parseSearch(search);
			const state = stateOf(before, { today: dayOf(Date.now(), zone), zone, secondZone, isPhone });
			const days = daysOf(made.start, made.end, state.zone);
			const shown = searchShowing(before, state, { ...days, calendarId: made.calendar_id }, weekStart);
			if (shown !== null) void navigate({ to: "/calendar", search: shown, replace: true });
		});
		router.history.back();
	};
	return { leave, isHere: () => here.current };
}
