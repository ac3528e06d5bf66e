import { getEvent } from "./get-event.ts";
import { listDeletedEvents } from "./history/list-deleted.ts";
import { listEventHistory } from "./history/list-history.ts";
import { restoreEvent } from "./history/restore-event.ts";
import { listEvents } from "./list-events.ts";
import { upcomingEvents } from "./upcoming-events.ts";
import { createEvent } from "./write/create-event.ts";
import { deleteEvent } from "./write/delete-event.ts";
import { rsvpEvent } from "./write/rsvp-event.ts";
import { syncEvent } from "./write/sync-event.ts";
import { updateEvent } from "./write/update-event.ts";

export const eventEndpoints = [
	listEvents,
	upcomingEvents,
	listDeletedEvents,
	getEvent,
	createEvent,
	updateEvent,
	deleteEvent,
	listEventHistory,
	restoreEvent,
	rsvpEvent,
	syncEvent,
] as const;
