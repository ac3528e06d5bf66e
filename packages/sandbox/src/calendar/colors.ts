import { CALENDAR_COLORS, EVENT_COLORS } from "../world/colors.ts";
import type { Answer } from "./caller.ts";

/** https://developers.google.com/calendar/api/v3/reference/colors/get */
export function getColors(): Answer {
	const updated = "2012-02-14T00:00:00.000Z";
	return { body: { kind: "calendar#colors", updated, calendar: CALENDAR_COLORS, event: EVENT_COLORS } };
}
