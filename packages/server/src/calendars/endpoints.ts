import type { Endpoint } from "../http/endpoint.ts";
import { decideDeletions } from "./decide-deletions.ts";
import { getCalendar } from "./get-calendar.ts";
import { listCalendars } from "./list-calendars.ts";
import { listHeldDeletions } from "./list-held-deletions.ts";
import { listWarnings } from "./list-warnings.ts";
import { updateCalendar } from "./update-calendar.ts";

export const calendarEndpoints: readonly Endpoint[] = [
	listCalendars,
	getCalendar,
	updateCalendar,
	listHeldDeletions,
	decideDeletions,
	listWarnings,
];
