import type { CalendarOptions } from "@fullcalendar/react";

/** The grid's looks, as classes of ours: FullCalendar brings none of its own. */
export const gridTheme: CalendarOptions = {
	className: "cal-grid h-full text-text",
	viewClass: "h-full bg-surface",
	tableClass: "border-line",
	tableHeaderClass: "bg-surface",
	fillerClass: "border-line",
	dayHeaderRowClass: "border-line",
	dayHeaderAlign: "center",
	dayHeaderClass: "border-line border-s min-w-0",
	dayHeaderInnerClass: "w-full min-w-0 px-1 py-1.5 text-center",
	dayHeaderDividerClass: "border-b border-line",
	dayRowClass: "border-line border-b",
	dayCellClass: ({ isToday, isOther }) =>
		`border-line border-s ${isToday ? "bg-accent-soft/50" : isOther ? "bg-sunken/60" : ""}`,
	dayCellTopClass: "flex justify-end px-1 pt-0.5",
	dayCellTopInnerClass: ({ isToday }) =>
		`rounded-full text-xs ${isToday ? "bg-accent font-semibold text-on-accent" : "text-muted"}`,
	dayCellBottomClass: "min-h-1",
	dayLaneClass: ({ isToday }) => `border-line border-s ${isToday ? "bg-accent-soft/35" : ""}`,
	dayLaneInnerClass: ({ isStack }) => (isStack ? "m-1" : "cal-lane ms-0.5 me-1.5"),
	slotLaneClass: ({ isMinor, time }) => {
		if (!isMinor) return "border-t border-line";
		return (time?.milliseconds ?? 0) % 1_800_000 === 0 ? "cal-half border-t border-line/35" : "";
	},
	slotHeaderRowClass: "border-line",
	slotHeaderClass: "justify-end",
	slotHeaderInnerClass: "-mt-2 ps-1.5 pe-2 text-[0.6875rem] tabular-nums text-muted max-sm:ps-0.5 max-sm:pe-1",
	slotHeaderDividerClass: "border-e border-line",
	allDayHeaderClass: "items-center justify-end",
	allDayHeaderInnerClass: "px-2 text-[0.6875rem] text-muted max-sm:px-1",
	allDayDividerClass: "border-b border-line",
	weekNumberHeaderClass: "items-end justify-end",
	weekNumberHeaderInnerClass: "w-full",
	nowIndicatorLineClass: "cal-now border-t-2 border-danger",
	nowIndicatorHeaderClass: "hidden",
	highlightClass: "rounded-md bg-accent/20",
	eventClass: "cal-event rounded-md",
	rowEventClass: ({ isStart, isEnd }) => `mb-0.5 ${isStart ? "ms-1" : ""} ${isEnd ? "me-1" : ""}`,
	listItemEventClass: "mb-0.5 mx-1",
	columnEventClass: "mb-px",
	eventInnerClass: "h-full w-full min-w-0",
	rowEventAfterClass: ({ isEndResizable }) => isEndResizable && "absolute inset-y-0 end-0 w-2",
	columnEventAfterClass: ({ isEndResizable, isSelected }) =>
		isEndResizable && (isSelected ? "cal-resize-touch" : "absolute inset-x-0 -bottom-1 h-2"),
	moreLinkClass: "cal-more rounded-md font-medium text-accent hover:bg-hover",
	rowMoreLinkClass: "mx-1 flex min-h-6 items-center px-1 text-xs",
	columnMoreLinkClass: "cal-more-beside min-h-6 bg-sunken py-0.5 text-center text-[0.6875rem] leading-tight",
	popoverClass: "rounded-xl border border-line bg-raised p-2 pt-1 text-text shadow-raised min-w-56 max-w-80",
	popoverCloseClass: "absolute end-1 top-1 grid size-7 place-items-center rounded-md hover:bg-hover",
};
