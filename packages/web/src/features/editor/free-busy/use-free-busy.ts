import type { Calendar, CalendarEvent } from "@kalends/client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { connectionsQuery, meQuery } from "../../../api/queries.ts";
import { rangeQuery } from "../../calendar/queries.ts";
import { useWithSelf } from "../../calendar/self.ts";
import { type EventValues, faultsOf, hasTimeFault } from "../form/values.ts";
import { type Frame, frameOf, type People, peopleOf, type Row, rowsOf } from "./plan.ts";

export interface FreeBusy {
	readonly frame: Frame;
	readonly people: People;
	/** Null: not read yet, or the times in the form are none just now. */
	readonly rows: readonly Row[] | null;
	readonly failed: boolean;
}

/**
 * When the person and the guests are busy around what is in the form. While its times cannot be read as a span, the place
 * stays as it was before.
 * @param event as it is saved; null: it is new
 * @returns null where there is nothing to look up
 */
export function useFreeBusy(
	values: EventValues,
	calendars: readonly Calendar[],
	event: CalendarEvent | null,
	ownZone: string,
): FreeBusy | null {
	const ready = !hasTimeFault(faultsOf(values));
	const [timed, setTimed] = useState<EventValues | null>(null);
	if (ready && timed !== values) setTimed(values);
	const frame = useMemo(() => (timed === null ? null : frameOf(timed, ownZone)), [timed, ownZone]);
	const withSelf = useWithSelf();
	const email = useQuery(meQuery).data?.email;
	const { data: connections } = useQuery(connectionsQuery);
	const calendar = calendars.find(({ id }) => id === values.calendarId);
	const account = connections?.find(({ id }) => id === calendar?.connection_id)?.account;
	const { from, to } = frame?.days ?? { from: "", to: "" };
	// What takes no time of its own gets in nobody's way.
	const asks = frame !== null && (values.busy || values.guests.length > 0);
	const query = useQuery({ ...rangeQuery(from, to, frame?.zone ?? ownZone), enabled: asks });
	if (frame === null || !asks) return null;
	const selves = (event === null ? [] : withSelf(event).participants).filter(({ self }) => self);
	const own = [email, account, ...selves.map((self) => self.email)].flatMap((one) => one?.toLowerCase() ?? []);
	const people = peopleOf(values.guests, calendars, new Set(own));
	const isRead = ready && query.data !== undefined && !query.isPlaceholderData;
	return {
		frame,
		people,
		rows: isRead ? rowsOf(query.data.map(withSelf), people, calendars, frame, event) : null,
		failed: query.isError,
	};
}
