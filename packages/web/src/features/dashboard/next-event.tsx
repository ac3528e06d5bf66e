import type { Calendar } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { MapPin, Video } from "lucide-react";
import type { CSSProperties } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { calendarColorProperties } from "../../ui/calendar-color.ts";
import { relativeTime } from "../../ui/relative-time.ts";
import { colorOf } from "../calendar/grid/event-chip.tsx";
import { dayText, lengthText, type Reading, timesText } from "../calendar/time/format.ts";
import { dayOf } from "../calendar/time/instants.ts";
import type { Upcoming } from "./upcoming.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

export interface NextEventProps {
	readonly item: Upcoming;
	/** Whether nothing else is on before its day. */
	readonly isFirst: boolean;
	readonly calendar: Calendar | null;
	readonly reading: Reading;
	readonly now: number;
	readonly onOpen: (id: string) => void;
}

/** What one has to go to next, how long until then, and the way in. */
export function NextEvent({ item, isFirst, calendar, reading, now, onOpen }: NextEventProps) {
	const { t } = useLingui();
	const { event, start, end } = item;
	const day = dayOf(start, reading.zone);
	const isToday = day <= dayOf(now, reading.zone);
	const join = event.conference !== null && /^https?:/i.test(event.conference.url) ? event.conference.url : null;
	return (
		<section
			aria-labelledby="next"
			style={calendarColorProperties(colorOf(event, calendar)) as CSSProperties}
			className="grid gap-3 rounded-2xl border border-(--cal-bar) bg-(--cal-background) p-5 text-(--cal-text) sm:p-6"
		>
			<h2 id="next" className="text-sm font-semibold">
				{isToday || !isFirst ? (
					<Trans>Next</Trans>
				) : (
					<Trans>Nothing until {dayText(day, reading.locale, WEEKDAY)}</Trans>
				)}
			</h2>
			<div className="flex flex-wrap items-end justify-between gap-4">
				<div className="grid min-w-0 flex-1 basis-64 gap-1">
					<button
						type="button"
						dir="auto"
						onClick={() => onOpen(event.id)}
						className="text-start text-xl font-semibold hover:underline sm:text-2xl"
					>
						<span className="line-clamp-3">{event.title === "" ? t`(No title)` : event.title}</span>
					</button>
					<p>
						{isToday ? "" : `${dayText(day, reading.locale)}, `}
						{timesText(start, end, reading)}
						{calendar === null ? null : (
							<>
								{" · "}
								<bdi>{calendar.name}</bdi>
							</>
						)}
					</p>
					{event.location === "" ? null : (
						<p className="flex items-center gap-1.5">
							<MapPin aria-hidden="true" className="size-4 shrink-0" />
							<span dir="auto">{event.location}</span>
						</p>
					)}
				</div>
				<div className="flex flex-wrap items-center gap-4">
					<p role="timer" className="text-lg font-semibold tabular-nums sm:text-2xl">
						{countdown()}
					</p>
					{join === null ? null : (
						<a href={join} target="_blank" rel="noopener noreferrer" className={buttonClass("primary")}>
							<Video aria-hidden="true" className="size-4" />
							{t`Join`}
						</a>
					)}
				</div>
			</div>
		</section>
	);

	function countdown(): string {
		const left = (until: number) => lengthText(Math.ceil((until - now) / MINUTE) * MINUTE, reading.locale);
		if (start <= now) return t`${left(end)} left`;
		if (start - now < DAY) return t`in ${left(start)}`;
		return relativeTime(new Date(start).toISOString(), now, reading.locale);
	}
}

const WEEKDAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
