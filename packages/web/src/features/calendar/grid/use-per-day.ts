import { type RefObject, useLayoutEffect, useState } from "react";
import { type WeekStart, weekBegin } from "../url/state.ts";

/** Pixels: of a day without events, of one event, of the weekdays above. */
const DAY_TOP = 24;
const EVENT = 28;
const HEADER = 37;

/** How many events of a day a month shows, so that its weeks fit the window; a number, as measuring each cell is slow. */
export function usePerDay(root: RefObject<HTMLElement | null>, date: string, weekStart: WeekStart): number {
	const [height, setHeight] = useState(0);
	useLayoutEffect(() => {
		const element = root.current;
		if (element === null) return;
		const watch = new ResizeObserver(() => setHeight(element.clientHeight));
		watch.observe(element);
		setHeight(element.clientHeight);
		return () => watch.disconnect();
	}, [root]);
	const first = Temporal.PlainDate.from(date).with({ day: 1 });
	const weeks = Math.ceil((first.since(weekBegin(first, weekStart)).days + first.daysInMonth) / 7);
	// One line is for what is folded away.
	const fit = Math.floor(((height - HEADER) / weeks - DAY_TOP) / EVENT) - 1;
	return Math.min(8, Math.max(2, fit));
}
