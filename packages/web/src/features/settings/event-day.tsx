import type { CalendarEvent } from "@kalends/client";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/queries.ts";

const DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" } as const;

/** Of an event in a list: the day on which it begins where the person is, and its title. */
export function EventDay({ start, title }: { readonly start: CalendarEvent["start"]; readonly title: string }) {
	const me = useQuery(meQuery).data;
	const isDay = "date" in start;
	const begin = new Date((isDay ? start.date : start.date_time) ?? Number.NaN);
	const zone = isDay ? "UTC" : (me?.time_zone ?? undefined);
	const locale = me?.preferences.locale ?? navigator.language;
	return (
		<>
			<span className="w-34 shrink-0 tabular-nums">
				{Number.isNaN(begin.getTime()) ? "" : begin.toLocaleDateString(locale, { ...DAY, timeZone: zone })}
			</span>
			<span dir="auto" className="line-clamp-2 min-w-0 wrap-anywhere">
				{title === "" ? <Trans>No title</Trans> : title}
			</span>
		</>
	);
}
