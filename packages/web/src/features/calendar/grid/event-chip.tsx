import type { EventDisplayInfo } from "@fullcalendar/react";
import type { Calendar, CalendarEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { CircleAlert, Clock3, Repeat } from "lucide-react";
import type { CSSProperties } from "react";
import { calendarColorProperties, calendarGlyph, PALETTE } from "../../../ui/calendar-color.ts";
import { dayText, type Reading, SHORT_DAY, timesText, timeText } from "../time/format.ts";
import { daysOf, instantOf } from "../time/instants.ts";
import { type Look, lookOf } from "./to-grid.ts";

/** What the colour of an event comes from. */
export function colorOf(event: CalendarEvent, calendar: Calendar | null): string {
	return event.color ?? calendar?.color ?? PALETTE[0];
}

function classOf({ tentative, declined, past, pending, failed }: Look): string {
	const parts = ["cal-chip"];
	if (tentative) parts.push("cal-chip-tentative");
	if (declined) parts.push("cal-chip-declined");
	if (past) parts.push("cal-chip-past");
	if (pending) parts.push("cal-chip-pending");
	if (failed) parts.push("cal-chip-failed");
	return parts.join(" ");
}

export interface ChipProps {
	readonly info: EventDisplayInfo;
	readonly reading: Reading;
	readonly now: number;
}

/** An event in the grid. What its looks say is in its words too, for who does not see them. */
export function EventChip({ info, reading, now }: ChipProps) {
	const { event: shown, isMirror, view } = info;
	const event: CalendarEvent | undefined = shown.extendedProps.event;
	const calendar: Calendar | null = shown.extendedProps.calendar ?? null;
	const inMonth = view.type === "dayGridMonth";
	const start = shown.start?.getTime() ?? 0;
	const end = shown.end?.getTime() ?? start;
	if (event === undefined) return <Ghost start={start} end={end} allDay={shown.allDay} reading={reading} />;
	const look = lookOf(event, end, now);
	const long = !inMonth && !shown.allDay && end - start > 40 * 60_000;
	const times = shown.allDay ? null : long || isMirror ? timesText(start, end, reading) : timeText(start, reading);
	const time =
		times === null ? null : (
			<span dir="auto" className="cal-chip-time">
				{times}
			</span>
		);
	const marks = (
		<span className="cal-chip-marks">
			{look.failed ? <CircleAlert className="size-3.5" /> : null}
			{look.pending ? <Clock3 className="size-3.5" /> : null}
			{long && event.recurring_event_id !== null ? <Repeat className="cal-chip-repeats size-3" /> : null}
			<span className="cal-chip-glyph">{calendarGlyph(calendar?.name ?? "")}</span>
		</span>
	);
	// Where it is dragged to comes before what it is called.
	const timeFirst = !long && (inMonth || isMirror);
	return (
		<div
			className={`${classOf(look)} ${long ? "cal-chip-long" : ""} ${inMonth ? "cal-chip-month" : ""} ${isMirror ? "cal-chip-lifted" : ""}`}
			style={calendarColorProperties(colorOf(event, calendar)) as CSSProperties}
		>
			<EventWords event={event} calendar={calendar} reading={reading} look={look} />
			<span aria-hidden="true" className={timeFirst ? "cal-chip-text" : "cal-chip-text cal-chip-whole"}>
				{long ? marks : null}
				{timeFirst ? time : null}
				<span className="cal-chip-title" dir="auto">
					{event.title === "" ? <NoTitle /> : event.title}
				</span>
				{long ? time : null}
				{long || timeFirst || time === null ? null : <span className="cal-chip-after">, {time}</span>}
				{long && event.location !== "" ? (
					<span className="cal-chip-place" dir="auto">
						{event.location}
					</span>
				) : null}
			</span>
			{long ? null : <span aria-hidden="true">{marks}</span>}
		</div>
	);
}

/** What is being selected, before it is an event. */
function Ghost({ start, end, allDay, reading }: { start: number; end: number; allDay: boolean; reading: Reading }) {
	const { t } = useLingui();
	return <div className="cal-chip cal-ghost">{allDay ? t`New event` : timesText(start, end, reading)}</div>;
}

function NoTitle() {
	const { t } = useLingui();
	return <>{t`(No title)`}</>;
}

export interface WordsProps {
	readonly event: CalendarEvent;
	readonly calendar: Calendar | null;
	readonly reading: Reading;
	readonly look: Look;
}

/** The event's accessible name: title, when, calendar, and what its looks mean. */
export function EventWords({ event, calendar, reading, look }: WordsProps) {
	const { t } = useLingui();
	const { first, last } = daysOf(event.start, event.end, reading.zone);
	const day = (date: string) => dayText(date, reading.locale, SHORT_DAY);
	const days = first === last ? day(first) : `${day(first)} – ${day(last)}`;
	const when = event.all_day
		? t`${days}, all day`
		: `${days}, ${timesText(instantOf(event.start, reading.zone), instantOf(event.end, reading.zone), reading)}`;
	const words = [
		event.title === "" ? t`(No title)` : event.title,
		when,
		calendar?.name,
		event.location === "" ? null : event.location,
		event.recurring_event_id === null ? null : t`repeats`,
		look.declined ? t`declined or cancelled` : null,
		look.tentative && !look.declined ? t`tentative` : null,
		look.pending ? t`not yet with the provider` : null,
		look.failed ? t`could not be saved with the provider` : null,
	];
	return <span className="sr-only">{words.filter((word) => word !== null && word !== undefined).join(", ")}</span>;
}
