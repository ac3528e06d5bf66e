/** One event as the keyboard finds it. */
export interface Stop {
	readonly id: string;
	/** `YYYY-MM-DD`, the first day on which it is shown. */
	readonly day: string;
	readonly allDay: boolean;
	/** Epoch milliseconds. */
	readonly start: number;
}

export type Direction = "up" | "down" | "left" | "right" | "first" | "last";

/** Reading order: by day, whole days first, then by start; the same for equal events each time. */
export function inOrder(stops: readonly Stop[]): readonly Stop[] {
	return [...stops].sort(
		(a, b) => compare(a.day, b.day) || Number(b.allDay) - Number(a.allDay) || a.start - b.start || compare(a.id, b.id),
	);
}

/**
 * Where an arrow key leads. Up and down go through all events in reading order; left and right to the nearest day before
 * or after that has any, to the event there that is closest in time of day.
 * @param stops in reading order
 * @returns null where there is nothing further that way
 */
export function neighbour(stops: readonly Stop[], current: string, direction: Direction): string | null {
	const index = stops.findIndex(({ id }) => id === current);
	const here = stops[index];
	if (here === undefined) return stops[0]?.id ?? null;
	switch (direction) {
		case "up":
			return stops[index - 1]?.id ?? null;
		case "down":
			return stops[index + 1]?.id ?? null;
		case "first":
			return stops[0]?.id ?? null;
		case "last":
			return stops.at(-1)?.id ?? null;
		case "left":
		case "right":
			return onNextDay(stops, here, direction)?.id ?? null;
	}
}

/** The one tab stop: what had focus while it is still there, else the next event from `now`, else the first. */
export function tabStop(stops: readonly Stop[], focused: string | null, now: number): string | null {
	if (focused !== null && stops.some(({ id }) => id === focused)) return focused;
	return (stops.find(({ start, allDay }) => !allDay && start >= now) ?? stops[0])?.id ?? null;
}

function onNextDay(stops: readonly Stop[], here: Stop, direction: "left" | "right"): Stop | undefined {
	const beyond = stops.filter(({ day }) => (direction === "right" ? day > here.day : day < here.day));
	const day = direction === "right" ? beyond[0]?.day : beyond.at(-1)?.day;
	const there = beyond.filter((stop) => stop.day === day);
	const sameKind = there.filter(({ allDay }) => allDay === here.allDay);
	const days = new Date(`${day}T00:00:00Z`).getTime() - new Date(`${here.day}T00:00:00Z`).getTime() || 0;
	const off = ({ start }: Stop) => Math.abs(start - here.start - days);
	return (sameKind.length > 0 ? sameKind : there).toSorted((a, b) => off(a) - off(b))[0];
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
