import type { Calendar, CalendarEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { CircleAlert, Clock3, MapPin, Repeat } from "lucide-react";
import { type CSSProperties, Fragment } from "react";
import { calendarColorProperties } from "../../../ui/calendar-color.ts";
import { CalendarMark } from "../../../ui/calendar-mark.tsx";
import { useNow } from "../../../ui/use-now.ts";
import { EventBar } from "../grid/event-bar.tsx";
import { colorOf, EventWords } from "../grid/event-chip.tsx";
import { lookOf } from "../grid/to-grid.ts";
import { clockChangeOn } from "../time/clock-change.ts";
import { dayText, lengthText, timesText, timeText } from "../time/format.ts";
import { instantOf } from "../time/instants.ts";
import type { PersonalReading } from "../use-reading.ts";
import { byDay, partOn } from "./by-day.ts";

export interface AgendaProps {
	readonly events: readonly CalendarEvent[];
	readonly calendars: ReadonlyMap<string, Calendar>;
	/** `YYYY-MM-DD`, first and exclusive last; null: all that there are. */
	readonly days: { readonly from: string; readonly to: string } | null;
	readonly reading: PersonalReading;
	readonly today: string;
	readonly tabStop: string | null;
	readonly onFocus: (id: string) => void;
	readonly onOpen: (event: CalendarEvent, element: HTMLElement) => void;
}

/** Events as a list, by day. */
export function Agenda({ events, calendars, days, reading, today, tabStop, onFocus, onOpen }: AgendaProps) {
	const { t } = useLingui();
	const now = useNow();
	const groups = byDay(events, days, reading.zone);
	const stops = new Set<string>();
	return (
		<div className="@container mx-auto grid w-full max-w-3xl grid-cols-1 gap-5 p-3 pb-24 sm:p-6">
			{groups.map(({ day, events: own }) => (
				<section key={day} aria-label={dayText(day, reading.locale)} className="grid grid-cols-1 gap-1.5">
					<h2 className="sticky top-0 z-10 flex items-baseline gap-2 bg-page py-1 text-sm">
						<span className={`font-semibold ${day === today ? "text-accent" : ""}`}>
							{dayText(day, reading.locale, { weekday: "long", day: "numeric", month: "long" })}
						</span>
						{day === today ? <span className="text-accent">{t`Today`}</span> : null}
						<ClockNote day={day} reading={reading} />
					</h2>
					<ul className="grid grid-cols-1 gap-1.5">
						{own.map((event) => {
							const isStop = event.id === tabStop && !stops.has(event.id);
							if (isStop) stops.add(event.id);
							return (
								<li key={event.id}>
									<AgendaRow
										{...{ event, day, reading, now, isStop, onFocus, onOpen }}
										calendar={calendars.get(event.calendar_id) ?? null}
									/>
								</li>
							);
						})}
					</ul>
				</section>
			))}
		</div>
	);
}

function ClockNote({ day, reading: { zone, locale } }: { readonly day: string; readonly reading: PersonalReading }) {
	const { t } = useLingui();
	const change = clockChangeOn(day, zone);
	if (change === null) return null;
	const by = lengthText(Math.abs(change.byMinutes) * 60_000, locale);
	return (
		<span className="text-warn">
			{change.byMinutes > 0 ? t`Clocks are put forward by ${by}` : t`Clocks are put back by ${by}`}
		</span>
	);
}

interface RowProps {
	readonly event: CalendarEvent;
	/** `YYYY-MM-DD`, of those that the event touches. */
	readonly day: string;
	readonly calendar: Calendar | null;
	readonly reading: PersonalReading;
	readonly now: number;
	readonly isStop: boolean;
	readonly onFocus: (id: string) => void;
	readonly onOpen: (event: CalendarEvent, element: HTMLElement) => void;
}

function AgendaRow({ event, day, calendar, reading, now, isStop, onFocus, onOpen }: RowProps) {
	const { t } = useLingui();
	const start = instantOf(event.start, reading.zone);
	const end = instantOf(event.end, reading.zone);
	const look = lookOf(event, end, now);
	const parts = {
		whole: timesText(start, end, reading),
		beginning: t`from ${timeText(start, reading)}`,
		middle: t`all day`,
		end: t`until ${timeText(end, reading)}`,
	};
	const when = parts[event.all_day ? "middle" : partOn(day, event, reading.zone)];
	return (
		<button
			type="button"
			data-event-id={event.id}
			tabIndex={isStop ? 0 : -1}
			onFocus={() => onFocus(event.id)}
			onClick={({ currentTarget }) => onOpen(event, currentTarget)}
			style={calendarColorProperties(colorOf(event, calendar)) as CSSProperties}
			className={`card flex min-h-13 w-full items-center gap-3 overflow-hidden px-3 py-2 text-start hover:bg-hover ${look.pending ? "border-dashed" : ""} ${look.failed ? "border-danger" : ""}`}
		>
			<EventWords event={event} calendar={calendar} reading={reading} look={look} />
			<Fragment key="shown">
				<EventBar look={look} />
				<span aria-hidden="true" dir="auto" className="w-26 shrink-0 text-sm text-muted tabular-nums @max-xs:hidden">
					{when}
				</span>
				<span aria-hidden="true" className="grid min-w-0 flex-1">
					<span dir="auto" className="text-sm text-muted tabular-nums @xs:hidden">
						{when}
					</span>
					<span
						dir="auto"
						className={`truncate font-medium ${look.declined ? "line-through" : ""} ${look.past ? "text-muted" : ""}`}
					>
						{event.title === "" ? t`(No title)` : event.title}
					</span>
					{event.location === "" ? null : (
						<span className="flex min-w-0 items-center gap-1 text-sm text-muted">
							<MapPin className="size-3.5 shrink-0" />
							<span dir="auto" className="truncate">
								{event.location}
							</span>
						</span>
					)}
				</span>
				<span aria-hidden="true" className="flex shrink-0 items-center gap-1.5 text-muted">
					{look.failed ? <CircleAlert className="size-4 text-danger" /> : null}
					{look.pending ? <Clock3 className="size-4" /> : null}
					{event.recurring_event_id === null ? null : <Repeat className="size-3.5" />}
					<bdi className="max-w-40 truncate text-sm @max-lg:hidden">{calendar?.name}</bdi>
					<CalendarMark name={calendar?.name ?? ""} color={colorOf(event, calendar)} />
				</span>
			</Fragment>
		</button>
	);
}
