import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { meQuery } from "../../api/queries.ts";
import { type Reading, regional } from "./time/format.ts";
import { type WeekStart, weekStartOf } from "./url/state.ts";

export interface PersonalReading extends Reading {
	readonly weekStart: WeekStart;
	/** IANA; shown beside the own zone unless the address says otherwise. */
	readonly secondZone: string | null;
}

const WEEK_STARTS = { sunday: 0, monday: 1, saturday: 6 } as const;

/** How this person wants dates and times: their preferences, else what the browser's language has. */
export function useReading(): PersonalReading {
	const { i18n } = useLingui();
	const { data: me } = useQuery(meQuery);
	const preferences = me?.preferences;
	const locale = preferences?.locale ?? regional(i18n.locale, navigator.languages);
	return {
		locale,
		zone: me?.time_zone ?? Temporal.Now.timeZoneId(),
		hour12: preferences?.hour_cycle == null ? null : preferences.hour_cycle === 12,
		weekStart: preferences?.week_start == null ? weekStartOf(locale) : WEEK_STARTS[preferences.week_start],
		secondZone: preferences?.secondary_time_zone ?? null,
	};
}

const phone = matchMedia("(max-width: 639px)");

function followPhone(listener: () => void): () => void {
	phone.addEventListener("change", listener);
	return () => phone.removeEventListener("change", listener);
}

export function useIsPhone(): boolean {
	return useSyncExternalStore(followPhone, () => phone.matches);
}
