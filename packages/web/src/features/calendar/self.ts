import type { CalendarEvent, Connection, Participant } from "@kalends/client";
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { connectionsQuery, meQuery } from "../../api/queries.ts";

/**
 * The event with the person marked among its participants. Many CalDAV servers do not tell whom an account belongs to; then
 * it is the account's address, else the person's own, as the server has it when an invitation is answered.
 */
export function withSelf(
	event: CalendarEvent,
	connection: Pick<Connection, "account"> | undefined,
	ownEmail: string | undefined,
): CalendarEvent {
	if (event.participants.length === 0 || event.participants.some(({ self }) => self)) return event;
	const account = connection?.account ?? "";
	const address = (account.includes("@") ? account : ownEmail)?.toLowerCase();
	const isMe = (email: string) => email.toLowerCase() === address;
	if (!event.participants.some(({ email }) => isMe(email))) return event;
	return { ...event, participants: event.participants.map((one) => ({ ...one, self: isMe(one.email) })) };
}

export function useWithSelf(): (event: CalendarEvent) => CalendarEvent {
	const { data: connections } = useQuery(connectionsQuery);
	const email = useQuery(meQuery).data?.email;
	return useCallback(
		(event) =>
			withSelf(
				event,
				connections?.find(({ id }) => id === event.connection_id),
				email,
			),
		[connections, email],
	);
}

/** The person's own part in it; null where they are no guest. */
export function ownInvitation({ participants }: Pick<CalendarEvent, "participants">): Participant | null {
	return participants.find(({ self, organizer }) => self && !organizer) ?? null;
}
