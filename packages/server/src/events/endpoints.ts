import { getEvent } from "./get-event.ts";
import { listEvents } from "./list-events.ts";
import { upcomingEvents } from "./upcoming-events.ts";

export const eventEndpoints = [listEvents, upcomingEvents, getEvent] as const;
