import { formatInstant } from "@kalends/model";
import type { PullPage } from "../../port/provider.ts";
import { fetchAllEvents } from "../events.ts";
import { toCursor } from "../settings.ts";
import { isCancelled } from "../types.ts";
import { compared } from "./full.ts";
import { inPages, type PullScope } from "./scope.ts";
import { asShown } from "./shown.ts";

const DAY = 86_400_000;
const BACK = 31 * DAY;
const AHEAD = 400 * DAY;

/**
 * A calendar of which only the times are shown: Google gives every occurrence as an event of its own, so it is read as a
 * window, compared by etag. The window keeps its beginning, so that nothing seems deleted as time goes by.
 */
export async function* pullTimes(
	scope: PullScope,
	since: string | null,
	isShownAnew: boolean,
): AsyncGenerator<PullPage> {
	const { session, calendar, known } = scope;
	const today = Math.floor(session.now() / DAY) * DAY;
	const window = { from: since ?? formatInstant(today - BACK), to: formatInstant(today + AHEAD) };
	const { events } = await fetchAllEvents(session, calendar.id, { window });
	const etags = await known.etags();
	const series = [...events.values()]
		.filter((event) => !isCancelled(event))
		// An occurrence stands for itself here: its series is not shown.
		.map(({ recurringEventId: _, originalStartTime: __, recurrence: ___, iCalUID: ____, ...event }) => ({
			event: asShown(event, scope.calendar),
			exceptions: [],
		}));
	const pages = inPages(series);
	for (const [index, part] of pages.entries()) {
		const ends = index === pages.length - 1;
		yield {
			mode: "full",
			...(await compared(part, etags, scope)),
			removed: [],
			cursor: ends ? toCursor({ syncToken: null, since: window.from, access: scope.calendar.access }) : null,
			complete: ends,
			...(ends && isShownAnew ? { isShownAnew } : {}),
		};
	}
}
