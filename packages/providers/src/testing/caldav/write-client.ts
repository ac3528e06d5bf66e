import type { CalendarEvent } from "@kalends/model";
import { caldavProvider } from "../../caldav/provider.ts";
import type { Discovered, RemoteCalendar } from "../../port/provider.ts";
import type { CurrentResource, ResourceDraft, ResourceWriter, WriteContext } from "../../port/writer.ts";
import { CONTEXT, connectDav, startDav, TRUSTING } from "./connect-client.ts";
import type { DavServer, Quirks } from "./dav-server.ts";
import type { DavCalendar } from "./dav-store.ts";

const PERSON = { email: "person@example.com", name: "The Person" };

/** One scripted server with one calendar, and who writes to it. */
export interface DavScene {
	readonly server: DavServer;
	readonly calendar: DavCalendar;
	readonly remote: RemoteCalendar;
	readonly context: WriteContext;
	readonly writer: ResourceWriter;
	create(draft: ResourceDraft): ReturnType<ResourceWriter["create"]>;
	update(
		current: CurrentResource,
		events: readonly CalendarEvent[],
		responseOnly?: boolean,
	): ReturnType<ResourceWriter["update"]>;
	remove(current: CurrentResource): Promise<void>;
}

/** Connected by the book; the quirks hold from then on, those of `connecting` from the start. */
export async function davScene(quirks: Quirks = {}, connecting: Quirks = {}): Promise<DavScene> {
	const server = await startDav(connecting);
	const found: Discovered = await connectDav(server);
	server.quirks = { ...connecting, ...quirks };
	server.takeRequests();
	const [remote] = found.calendars;
	const calendar = server.calendars.get(remote?.id ?? "");
	const { writer } = caldavProvider(TRUSTING);
	if (remote === undefined || calendar === undefined || writer === null) throw new Error("nothing to write to");
	const context: WriteContext = { ...CONTEXT, ...found, person: PERSON };
	return {
		server,
		calendar,
		remote,
		context,
		writer,
		create: (draft) => writer.create(remote, draft, context),
		update: (current, events, responseOnly = false) =>
			writer.update(remote, current, events, { responseOnly }, context),
		remove: (current) => writer.remove(remote, current, context),
	};
}
