import Calendar, {
	type CalendarRef,
	type DateSelectInfo,
	type EventDropInfo,
	type EventResizeDoneInfo,
} from "@fullcalendar/react";
import dayGrid from "@fullcalendar/react/daygrid";
import interaction from "@fullcalendar/react/interaction";
import timeGrid from "@fullcalendar/react/timegrid";
import "@fullcalendar/react/skeleton.css";
import type { CalendarEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNow } from "../../../ui/use-now.ts";
import { focusEvent } from "../focus/focus-event.ts";
import { dropped, type Placed, placedAt, resized } from "../move/plan-move.ts";
import { clockChangeOn } from "../time/clock-change.ts";
import { dayText, lengthText, offsetText, timeText, zonePlace } from "../time/format.ts";
import { dayOf, startOfDay } from "../time/instants.ts";
import type { View } from "../url/state.ts";
import type { PersonalReading } from "../use-reading.ts";
import { EventChip } from "./event-chip.tsx";
import { MoreLink } from "./more-link.tsx";
import { gridTheme } from "./theme.ts";
import type { GridEvent } from "./to-grid.ts";
import { usePerDay, useSideBySide } from "./use-per-day.ts";

const FC_VIEWS = {
	month: "dayGridMonth",
	week: "timeGridWeek",
	days: "timeGridThreeDays",
	day: "timeGridDay",
} as const;
const DAYS = { month: 7, week: 7, days: 3, day: 1 } as const;
const PLUGINS = [dayGrid, timeGrid, interaction];

export interface GridProps {
	readonly view: Exclude<View, "agenda">;
	/** `YYYY-MM-DD` */
	readonly date: string;
	/** In the zone that is shown. */
	readonly reading: PersonalReading;
	readonly secondZone: string | null;
	readonly events: readonly GridEvent[];
	/** The event that the tab key reaches. */
	readonly tabStop: string | null;
	readonly onFocus: (id: string) => void;
	readonly onOpen: (event: CalendarEvent, element: HTMLElement) => void;
	/** @param revert puts it back where it was */
	readonly onPlace: (event: CalendarEvent, placed: Placed, revert: () => void) => void;
	readonly onSelect: (start: Date, end: Date, allDay: boolean, clear: () => void) => void;
	readonly onDay: (date: string) => void;
}

/** Month, week, three days or a day. What is dragged stays under the pointer while other changes come in. */
export function CalendarGrid(props: GridProps) {
	const { view, date, reading, secondZone, events, tabStop, onFocus, onOpen, onPlace, onSelect, onDay } = props;
	const { t } = useLingui();
	const now = useNow();
	const calendar = useRef<CalendarRef>(null);
	const root = useRef<HTMLDivElement>(null);
	const [dragging, setDragging] = useState(false);
	const calledOff = useCalledOff(dragging);
	const measured = useMeasured(view);
	const perDay = usePerDay(root, date, reading.weekStart);
	const sideBySide = useSideBySide(root, DAYS[view]);
	const { zone, locale } = reading;

	useEffect(() => {
		const api = calendar.current?.getApi();
		if (api === undefined) return;
		queueMicrotask(() => {
			if (api.view.type !== FC_VIEWS[view]) api.changeView(FC_VIEWS[view], date);
			else api.gotoDate(date);
		});
	}, [view, date]);
	useRovingTabStop(root, tabStop);
	useScrollableByKeys(root, view);

	const place = (info: EventDropInfo | EventResizeDoneInfo, how: typeof dropped | typeof resized) => {
		const event: CalendarEvent = info.event.extendedProps.event;
		const { start, end, allDay } = info.event;
		if (start === null || calledOff.current) return info.revert();
		onPlace(event, how(placedAt(event, zone), { allDay, start, end }, zone), info.revert);
	};
	// Drawn anew while something is dragged, FullCalendar would take the drop for one from another calendar.
	const held = useHeld(
		<Calendar
			ref={calendar}
			{...gridTheme}
			plugins={PLUGINS}
			views={{ timeGridThreeDays: { type: "timeGrid", duration: { days: 3 } } }}
			initialView={FC_VIEWS[view]}
			initialDate={date}
			headerToolbar={false}
			height="100%"
			borderless
			timeZone={zone}
			locale={locale}
			firstDay={reading.weekStart}
			events={events as GridEvent[]}
			now={new Date(now).toISOString()}
			nowIndicator
			editable
			selectable
			selectMirror
			unselectAuto={false}
			eventInteractive
			eventMinHeight={26}
			eventShortHeight={40}
			slotEventOverlap={false}
			eventResizableFromStart={false}
			// As fine as what can be dragged to: within coarser slots a drag from the upper half would begin a step late.
			slotDuration="00:15:00"
			slotHeaderInterval="01:00:00"
			scrollTime="06:45:00"
			scrollTimeReset={false}
			slotMinHeight={12}
			fixedWeekCount={false}
			dayMaxEvents={view === "month" ? perDay : 3}
			eventMaxStack={sideBySide}
			longPressDelay={500}
			selectLongPressDelay={500}
			dragRevertDuration={0}
			allDayText={t`all day`}
			moreLinkText={(count: number) => t`+${count} more`}
			// Its words say it all.
			moreLinkHint=""
			moreLinkContent={({ num, text }) => <MoreLink count={num} text={text} locale={locale} />}
			closeHint={t`Close`}
			popoverCloseContent="×"
			weekNumbers={view !== "month"}
			weekNumberHeaderContent={() => <Gutters zone={zone} second={secondZone} date={date} />}
			slotHeaderContent={(info) => (
				<SlotLabel
					minutes={(info.time?.milliseconds ?? 0) / 60_000}
					date={date}
					reading={reading}
					second={secondZone}
				/>
			)}
			// FullCalendar hides what a heading shows, as it says the day itself; the button in it must not be hidden.
			dayHeaderDidMount={({ el }) => el.querySelector("[aria-hidden]")?.removeAttribute("aria-hidden")}
			dayHeaderContent={(info) => (
				<DayHeader date={info.date} inMonth={view === "month"} isToday={info.isToday} reading={reading} onDay={onDay} />
			)}
			dayCellTopContent={(info) =>
				view === "month" ? (
					<DayNumber
						date={info.date}
						text={info.monthText === "" ? info.dayNumberText : info.text}
						reading={reading}
						onDay={onDay}
					/>
				) : null
			}
			eventContent={(info) => <EventChip info={info} reading={reading} now={now} />}
			eventDidMount={({ el, event, isMirror }) => {
				if (isMirror) return;
				el.dataset.eventId = event.id;
				el.tabIndex = -1;
			}}
			eventClick={({ event, el, jsEvent }) => {
				jsEvent.preventDefault();
				onOpen(event.extendedProps.event, el);
			}}
			eventDragStart={() => setDragging(true)}
			eventDragStop={() => setDragging(false)}
			eventResizeStart={() => setDragging(true)}
			eventResizeStop={() => setDragging(false)}
			eventDrop={(info) => place(info, dropped)}
			eventResize={(info) => place(info, resized)}
			select={({ start, end, allDay, view: { calendar: api } }: DateSelectInfo) =>
				onSelect(start, end, allDay, () => api.unselect())
			}
		/>,
		dragging,
	);
	return (
		<div ref={root} className="relative h-full min-h-0">
			<div className="h-full" style={{ visibility: measured ? "visible" : "hidden" }}>
				{held}
			</div>
			{measured ? null : <div aria-hidden="true" className="pulse-soft absolute inset-2 rounded-xl bg-hover" />}
			<FocusWatch root={root} onFocus={onFocus} />
		</div>
	);
}

/** The second zone's times stand beside the first's. */
function SlotLabel(props: { minutes: number; date: string; reading: PersonalReading; second: string | null }) {
	const { minutes, date, reading, second } = props;
	const wall = Temporal.PlainDate.from(date).toPlainDateTime({
		hour: Math.floor(minutes / 60) % 24,
		minute: minutes % 60,
	});
	const instant = wall.toZonedDateTime(reading.zone).epochMilliseconds;
	const text = (zone: string) => timeText(instant, { ...reading, zone }).replace(/ \(.*\)$/, "");
	// The label stands for the wall clock, also where a clock change skips it on one of the days.
	const own = timeText(wall.toZonedDateTime("UTC").epochMilliseconds, { ...reading, zone: "UTC" });
	if (second === null) return <>{own}</>;
	return (
		<span className="grid w-full grid-cols-2 gap-2 text-end max-sm:gap-1">
			<span>{text(second)}</span>
			<span className="text-text">{own}</span>
		</span>
	);
}

function Gutters({ zone, second, date }: { zone: string; second: string | null; date: string }) {
	const noon = startOfDay(date, zone) + 43_200_000;
	const label = (of: string) => (
		<span className="min-w-0 truncate max-sm:max-w-11 max-sm:whitespace-normal" title={of}>
			{zonePlace(of)}
			<span className="block text-[0.625rem] whitespace-nowrap">{offsetText(noon, of)}</span>
		</span>
	);
	return (
		<span
			className={`grid items-end gap-2 px-2 pb-1 text-end max-sm:gap-1 max-sm:px-1 text-[0.6875rem] leading-tight text-muted ${second === null ? "" : "grid-cols-2"}`}
		>
			{second === null ? null : label(second)}
			{label(zone)}
		</span>
	);
}

interface DayHeaderProps {
	readonly date: Date;
	readonly inMonth: boolean;
	readonly isToday: boolean;
	readonly reading: PersonalReading;
	readonly onDay: (date: string) => void;
}

function DayHeader({ date: marker, inMonth, isToday, reading, onDay }: DayHeaderProps) {
	const { t } = useLingui();
	const { zone, locale } = reading;
	const date = dayOf(marker.getTime(), zone);
	if (inMonth)
		return <span className="text-xs font-medium text-muted">{dayText(date, locale, { weekday: "short" })}</span>;
	const change = clockChangeOn(date, zone);
	const by = change === null ? "" : lengthText(Math.abs(change.byMinutes) * 60_000, locale);
	return (
		<button
			type="button"
			onClick={() => onDay(date)}
			className="inline-grid min-h-11 w-full justify-items-center rounded-lg px-1 py-0.5 leading-tight hover:bg-hover"
			aria-current={isToday ? "date" : undefined}
		>
			<span className="sr-only">{dayText(date, locale)}</span>
			<span aria-hidden="true" className="text-xs text-muted">
				{dayText(date, locale, { weekday: "short" })}
			</span>
			<span
				aria-hidden="true"
				className={`grid min-w-7 place-items-center rounded-full px-1.5 text-base font-semibold ${isToday ? "bg-accent text-on-accent" : ""}`}
			>
				{dayText(date, locale, { day: "numeric" })}
			</span>
			{change === null ? null : (
				<span className="text-[0.6875rem] font-medium text-warn">
					{change.byMinutes > 0 ? t`clocks +${by}` : t`clocks −${by}`}
				</span>
			)}
		</button>
	);
}

/** A day's number in the month leads to the day. It takes no part in the tab order: "go to date" does the same by keys. */
function DayNumber(props: { date: Date; text: string; reading: PersonalReading; onDay: (date: string) => void }) {
	const { date: marker, text, reading, onDay } = props;
	const date = dayOf(marker.getTime(), reading.zone);
	return (
		<button
			type="button"
			tabIndex={-1}
			onClick={() => onDay(date)}
			aria-label={dayText(date, reading.locale)}
			className="grid min-h-6 min-w-6 place-items-center rounded-full px-1 hover:bg-hover"
		>
			{text}
		</button>
	);
}

/** Tells which event has focus. */
function FocusWatch({ root, onFocus }: { root: React.RefObject<HTMLElement | null>; onFocus: (id: string) => void }) {
	const latest = useRef(onFocus);
	latest.current = onFocus;
	useEffect(() => {
		const element = root.current;
		const onFocusIn = ({ target }: FocusEvent) => {
			const id =
				target instanceof HTMLElement ? target.closest<HTMLElement>("[data-event-id]")?.dataset.eventId : undefined;
			if (id !== undefined) latest.current(id);
		};
		element?.addEventListener("focusin", onFocusIn);
		return () => element?.removeEventListener("focusin", onFocusIn);
	}, [root]);
	return null;
}

/** One event takes part in the tab order; focus follows an event whose element was made anew. */
function useRovingTabStop(root: React.RefObject<HTMLElement | null>, tabStop: string | null): void {
	const had = useRef<string | null>(null);
	useLayoutEffect(() => {
		const element = root.current;
		if (element === null) return;
		const apply = () => {
			let taken = false;
			for (const one of element.querySelectorAll<HTMLElement>("[data-event-id]")) {
				const isStop: boolean = !taken && one.dataset.eventId === tabStop;
				taken ||= isStop;
				const index = isStop ? 0 : -1;
				if (one.tabIndex !== index) one.tabIndex = index;
			}
			const lost = document.activeElement === null || document.activeElement === document.body;
			if (lost && had.current !== null) focusEvent(element, had.current);
		};
		const remember = () => {
			const active = document.activeElement;
			if (active instanceof HTMLElement && element.contains(active)) had.current = active.dataset.eventId ?? null;
			else if (active !== null && active !== document.body) had.current = null;
		};
		apply();
		remember();
		const watch = new MutationObserver(apply);
		watch.observe(element, { childList: true, subtree: true });
		document.addEventListener("focusin", remember);
		return () => {
			watch.disconnect();
			document.removeEventListener("focusin", remember);
		};
	}, [root, tabStop]);
}

/** The part with the hours scrolls by keys also where no event in it takes focus. */
function useScrollableByKeys(root: React.RefObject<HTMLElement | null>, view: string): void {
	// biome-ignore lint/correctness/useExhaustiveDependencies: each view has a part of its own.
	useEffect(() => {
		const element = root.current;
		if (element === null) return;
		const apply = () => {
			// Its own element has no role, and so may not take focus within a table.
			const cell = element.querySelector<HTMLElement>('[role="rowgroup"] > [style*="hidden auto"] [role="cell"]');
			if (cell !== null && cell.tabIndex !== 0) cell.tabIndex = 0;
		};
		apply();
		const watch = new MutationObserver(apply);
		watch.observe(element, { childList: true, subtree: true });
		return () => watch.disconnect();
	}, [root, view]);
}

/**
 * Escape ends the drag; what was dragged is then to go back to where it was. Other keys do nothing meanwhile: it would be
 * dropped on days that are no longer shown.
 */
function useCalledOff(dragging: boolean): React.RefObject<boolean> {
	const calledOff = useRef(false);
	useEffect(() => {
		if (!dragging) return;
		calledOff.current = false;
		const onKeyDown = (event: KeyboardEvent) => {
			if (event.key !== "Escape") return event.stopImmediatePropagation();
			calledOff.current = true;
			document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
		};
		addEventListener("keydown", onKeyDown, true);
		return () => removeEventListener("keydown", onKeyDown, true);
	}, [dragging]);
	return calledOff;
}

/** The value as it was when holding began. */
function useHeld<T>(value: T, hold: boolean): T {
	const kept = useRef(value);
	if (!hold) kept.current = value;
	return kept.current;
}

const FRAMES = 4;

/** The week grid jumps while it measures itself: it is shown after four frames. */
function useMeasured(view: string): boolean {
	const [measured, setMeasured] = useState<string | null>(null);
	useEffect(() => {
		let left = FRAMES;
		let frame = requestAnimationFrame(function next() {
			left -= 1;
			if (left <= 0) setMeasured(view);
			else frame = requestAnimationFrame(next);
		});
		return () => cancelAnimationFrame(frame);
	}, [view]);
	return measured === view;
}
