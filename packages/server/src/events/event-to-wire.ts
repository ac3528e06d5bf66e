import type { CalendarEvent, EventDateTime } from "@kalends/model";
import { dateTimeToWire } from "./date-time-to-wire.ts";
import type { EventRecord } from "./event-records.ts";
import type { WireEvent, WireEventContent } from "./schemas.ts";

/** One occurrence of a series, in place of the stored event's own start. */
export interface OccurrencePlace {
	/** `<master id>.<original start>` */
	readonly id: string;
	readonly seriesId: string;
	readonly originalStart: EventDateTime;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
}

/**
 * The API's shape of a stored event.
 *
 * @param place the occurrence that is meant; null for the event itself
 */
export function eventToWire(record: EventRecord, place: OccurrencePlace | null): WireEvent {
	const { data } = record;
	return {
		id: place?.id ?? record.id,
		calendar_id: record.calendar_id,
		connection_id: record.calendar.connection_id,
		provider: record.calendar.provider,
		provider_event_id: record.provider_resource_id,
		recurring_event_id: place?.seriesId ?? record.master_id,
		...contentToWire(data, place),
		read_only: isReadOnly(record.calendar),
		etag: eventEtag(record),
		sync: syncOf(record),
		created_at: data.created_at ?? record.created_at.toISOString(),
		updated_at: data.updated_at ?? record.updated_at.toISOString(),
	};
}

function isReadOnly({ access, status }: EventRecord["calendar"]): boolean {
	return status === "gone" || (access !== "write" && access !== "owner");
}

/** Whether the provider has what is shown; of a refused write, why not. */
function syncOf({ intent_state: state, intent_error: error }: EventRecord): WireEvent["sync"] {
	if (state === null) return { state: "synced" };
	return error === null ? { state } : { state, error };
}

/** All that the event itself says, without what Kalends knows about it. */
export function contentToWire(data: CalendarEvent, place: OccurrencePlace | null): WireEventContent {
	const start = place?.start ?? data.start;
	const original = place?.originalStart ?? data.recurrence_id;
	return {
		ical_uid: data.uid,
		title: data.title,
		description: data.description,
		location: data.location,
		status: data.status,
		start: dateTimeToWire(start),
		end: dateTimeToWire(place?.end ?? data.end),
		all_day: start.type === "date",
		recurrence: place === null && data.recurrence !== null ? [...data.recurrence] : null,
		original_start: original === null ? null : dateTimeToWire(original),
		participants: data.participants.map(({ email, name, response, optional, organizer, self }) => {
			return { email, name, response, optional, organizer, self };
		}),
		reminders: {
			use_default: data.reminders.use_default,
			overrides: data.reminders.overrides.map((one) => ({ ...one })),
		},
		visibility: data.visibility,
		busy: data.busy,
		color: data.color,
		categories: [...data.categories],
		conference: data.conference === null ? null : { ...data.conference },
		attachments: data.attachments.map((attachment) => ({ ...attachment })),
		html_link: data.html_link,
	};
}

/** Kalends's own version of the event, for a series of the whole series. */
export function eventEtag(record: Pick<EventRecord, "version" | "content_hash">): string {
	return `${record.version}-${record.content_hash.slice(0, 8)}`;
}
