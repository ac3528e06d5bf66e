import { ProviderFailure } from "../../port/failure.ts";
import { judgeEvent } from "../exchange.ts";
import { type GoogleSeries, seriesOf } from "../series.ts";
import { isException } from "../types.ts";
import { MOVE, sendMove } from "./exchange.ts";
import { type WriteScope, withExceptions } from "./scope.ts";

/**
 * Moves an event, or a series with its exceptions, under its id; whoever made it stays, its organizer becomes the new
 * calendar (events.move). Guests are told nothing: for them it is the same event.
 * @param raw what is known of it
 */
export async function moveSeries(
	from: WriteScope,
	{ id, raw }: { readonly id: string; readonly raw: string },
	to: WriteScope,
): Promise<GoogleSeries> {
	checkMovable(raw);
	const { session } = from;
	const event = await session.whenAdmitted(async () =>
		judgeEvent(await sendMove(session, from.calendar.id, id, to.calendar.id), MOVE, session.now()),
	);
	return await withExceptions(to, event);
}

/** Google moves default events only (google.md §4); other servers of this API may not mind. */
function checkMovable(raw: string): void {
	const event = seriesOf(raw)?.event;
	const kind = event?.eventType ?? "default";
	const what = kind !== "default" ? `an event of type ${kind}` : event && isException(event) ? "one occurrence" : null;
	if (what === null) return;
	throw new ProviderFailure("forbidden", {
		reason: "event_not_movable",
		message: `${what} cannot be moved to another calendar`,
	});
}
