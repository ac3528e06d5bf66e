import type { Notification } from "@kalends/client";
import type { EventPoint } from "../calendar/wire.ts";

/** A reminder of an occurrence, as its notification tells it. */
export interface ReminderNotice {
	readonly kind: "reminder";
	readonly title: string;
	readonly location: string;
	/** A page that lets one in; null where there is none that a browser opens. */
	readonly join: string | null;
	readonly start: EventPoint;
	readonly end: EventPoint;
	/** It was due earlier, while nobody could give it. */
	readonly late: boolean;
	readonly eventId: string | null;
}

/** Something that waits for its person. */
export interface OwnerNotice {
	readonly kind: "reauth" | "paused" | "conflict" | "booking" | "webhook" | "other";
	/** Of the account, the calendar, the event or the booking; of a webhook its address. */
	readonly name: string;
	/** Of `other`: what the server calls it. */
	readonly type: string;
	readonly eventId: string | null;
}

const KINDS: Readonly<Record<string, OwnerNotice["kind"]>> = {
	"connection.reauth_required": "reauth",
	"calendar.paused": "paused",
	"event.conflict": "conflict",
	"booking.conflict": "booking",
	"payment.problem": "booking",
	"webhook.disabled": "webhook",
};

/** What a notification says; of a type that this app does not know, its name alone. */
export function read({ type, data, event_id: eventId }: Notification): ReminderNotice | OwnerNotice {
	const { title, name, url, location, conference_url: conference, start, end, late } = data;
	if (type === "occurrence.reminder" && isPoint(start) && isPoint(end)) {
		const join = text(conference);
		return {
			kind: "reminder",
			title: text(title),
			location: text(location),
			join: /^https?:/i.test(join) ? join : null,
			start,
			end,
			late: late === true,
			eventId,
		};
	}
	return { kind: KINDS[type] ?? "other", name: text(name) || text(title) || text(url), type, eventId };
}

function isPoint(value: unknown): value is EventPoint {
	if (typeof value !== "object" || value === null) return false;
	return "date" in value ? typeof value.date === "string" : "date_time" in value && typeof value.date_time === "string";
}

function text(value: unknown): string {
	return typeof value === "string" ? value : "";
}
