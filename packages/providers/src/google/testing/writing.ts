import type { CalendarEvent } from "@kalends/model";
import type { RemoteResource } from "../../port/provider.ts";
import type { ResourceDraft } from "../../port/writer.ts";
import { GoogleClient, SINGLE } from "./client.ts";

export const ME = { email: "person@example.com", self: true, organizer: true, responseStatus: "accepted" };
export const ANN = { email: "ann@example.com", responseStatus: "needsAction", additionalGuests: 1 };
export const MEETING = { ...SINGLE, attendees: [ME, ANN] };

/** A resource as it was read, and the client that read it. */
export interface Stored {
	readonly client: GoogleClient;
	readonly resource: RemoteResource;
}

/** Has Google hold this event; of what the client asked, only what comes after is kept. */
export async function stored(body: object, id = "event1"): Promise<Stored> {
	const client = new GoogleClient();
	client.store.insert(body as Readonly<Record<string, unknown>>, { id });
	const resource = await client.read(id);
	client.asked.length = 0;
	return { client, resource };
}

/** The first event of a resource: the single or the master. */
export function baseOf({ events: [event] }: RemoteResource): CalendarEvent {
	if (event === undefined) throw new Error("the resource has no event");
	return event;
}

/** Updates what was read; answers the writes that it took, in short. */
export async function update(
	{ client, resource }: Stored,
	change: (event: CalendarEvent) => Partial<CalendarEvent>,
	responseOnly = false,
) {
	const wanted = resource.events.map((event) => ({ ...event, ...change(event) }));
	const updated = await client.writer.update(client.calendar, resource, wanted, { responseOnly }, client.context);
	return { updated, writes: client.asked.filter(({ method }) => method !== "GET") };
}

export function draftOf(events: readonly CalendarEvent[], raw: string | null = null): ResourceDraft {
	return { key: "res01kxyz", events, raw };
}

export function create(client: GoogleClient, draft: ResourceDraft): Promise<RemoteResource> {
	return client.writer.create(client.calendar, draft, client.context);
}
