import type { CalendarEvent, InstantRange } from "../../event/event.ts";
import { type Expansion, expandSeries } from "../expand.ts";
import { between } from "./series.ts";

export const ALL = between("2020-01-01", "2030-01-01");

export function expand(
	master: CalendarEvent | null,
	overrides: readonly CalendarEvent[] = [],
	range: InstantRange = ALL,
	floatingZone = "UTC",
): Expansion {
	return expandSeries({ master, overrides }, range, { floatingZone });
}
