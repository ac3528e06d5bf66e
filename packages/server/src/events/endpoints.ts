import { getEvent } from "./get-event.ts";
import { listEventHistory } from "./history/list-history.ts";
import { listEvents } from "./list-events.ts";
import { upcomingEvents } from "./upcoming-events.ts";

export const eventEndpoints = [listEvents, upcomingEvents, getEvent, listEventHistory] as const;
