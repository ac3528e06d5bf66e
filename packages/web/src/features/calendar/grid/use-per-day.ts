import { type RefObject, useLayoutEffect, useState } from "react";
import { type WeekStart, weekBegin } from "../url/state.ts";

/** Pixels: of a day without events, of one event, of the weekdays above. */
const DAY_TOP = 24;
const EVENT = 28;
/** What tells of those that are folded away. */
const MORE = 24;
/** Where a day is narrower than this, an event's title takes two lines. */
const NARROW = 80;
const TWO_LINES = 34;
const HEADER = 37;

/** Pixels: of the times beside the days, of an event that can still be read. */
const TIMES = 64;
const NARROWEST = 36;

/** How many events of one time stand side by side where `days` share the width; the others are a press away. */
export function useSideBySide(root: RefObject<HTMLElement | null>, days: number): number {
	const { width } = useSize(root);
	return Math.max(2, Math.floor((width - TIMES) / days / NARROWEST));
}

/** How many events of a day a month shows, so that its weeks fit the window; a number, as measuring each cell is slow. */
export function usePerDay(root: RefObject<HTMLElement | null>, date: string, weekStart: WeekStart): number {
	const { width, height } = useSize(root);
	const first = Temporal.PlainDate.from(date).with({ day: 1 });
	const weeks = Math.ceil((first.since(weekBegin(first, weekStart)).days + first.daysInMonth) / 7);
	const event = width < 7 * NARROW ? TWO_LINES : EVENT;
	const fit = Math.floor(((height - HEADER) / weeks - DAY_TOP - MORE) / event);
	return Math.min(8, Math.max(2, fit));
}

function useSize(root: RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } {
	const [size, setSize] = useState({ width: 0, height: 0 });
	useLayoutEffect(() => {
		const element = root.current;
		if (element === null) return;
		const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
		const watch = new ResizeObserver(measure);
		watch.observe(element);
		measure();
		return () => watch.disconnect();
	}, [root]);
	return size;
}
