import type { CalendarEvent } from "@kalends/model";
import {
	type CalendarProvider,
	ProviderFailure,
	type ProviderFailureKind,
	type ProviderFailureReason,
} from "@kalends/providers";
import type { MemoryProviderOptions } from "@kalends/providers/testing";
import { loadEventCalendars, loadEventRecords } from "../events/event-records.ts";
import { eventToWire } from "../events/event-to-wire.ts";
import type { Services } from "../services.ts";
import { createSyncFixture, type SyncFixture, event as syncedEvent } from "../sync/testing.ts";
import { type Verification, verifyConnection } from "../sync/verify.ts";
import { createResource } from "./create-resource.ts";
import { editResource } from "./edit-resource.ts";
import { pushConnection } from "./push-lanes.ts";
import { pushNow } from "./push-now.ts";
import type { CommittedWrite, IntentRow, PushOutcome, WriteDecision } from "./types.ts";

/** A synced calendar of a connected user in the in-memory provider, with the means to write to both sides. */
export interface PushFixture extends SyncFixture {
	/** The provider's id of the calendar, and ours. */
	readonly remoteCalendar: string;
	readonly calendarId: string;
	readonly actor: { readonly type: "user"; readonly id: string };
	create(patch: Partial<CalendarEvent> & { readonly uid: string }): Promise<CommittedWrite>;
	/** Changes the single or master of the event's resource; null: deletes it. */
	edit(eventId: string, patch: Partial<CalendarEvent> | null, more?: Partial<WriteDecision>): Promise<CommittedWrite>;
	push(write: CommittedWrite, services?: Services): Promise<PushOutcome>;
	intents(): Promise<readonly IntentRow[]>;
	/** Titles of the events here, and there. */
	titles(): Promise<readonly string[]>;
	remoteTitles(): readonly string[];
	versions(eventId: string): Promise<readonly string[]>;
	feed(): Promise<readonly string[]>;
	verify(): Promise<Verification>;
	/** Claims end, and what waits for its time is due. */
	makeDue(): Promise<void>;
	/** `makeDue`, and all that waits is sent. */
	pushDue(): Promise<void>;
	/** What retrying and discarding are asked for. */
	resolve(eventId: string): { readonly userId: string; readonly actor: PushFixture["actor"]; readonly eventId: string };
	/** As the function of this name. */
	syncOf(eventId: string): ReturnType<typeof syncOf>;
}

export async function createPushFixture(
	options: MemoryProviderOptions & {
		readonly seed?: number;
		readonly wrap?: (provider: CalendarProvider) => CalendarProvider;
		/** UIDs of events that are there from the beginning. */
		readonly uids?: readonly string[];
	} = {},
): Promise<PushFixture> {
	const fixture = await createSyncFixture(options);
	const { services, control, userId, connectionId } = fixture;
	const { db } = services;
	const remoteCalendar = control.createCalendar("ada");
	for (const uid of options.uids ?? []) control.putEvents(remoteCalendar, uid, [event({ uid, title: uid })]);
	await fixture.sync("first");
	const { id: calendarId } = await db.selectFrom("calendars").select("id").executeTakeFirstOrThrow();
	const actor = { type: "user", id: userId } as const;
	const makeDue = async () => {
		const past = new Date(0);
		await db.updateTable("intents").set({ next_attempt_at: past }).execute();
		await db.updateTable("intents").set({ claimed_until: past }).where("claimed_until", "is not", null).execute();
	};
	return {
		...fixture,
		remoteCalendar,
		calendarId,
		actor,
		create: (patch) =>
			createResource(services, { userId, actor, calendarId, events: [event(patch)], action: "created" }),
		edit: (eventId, patch, more = {}) =>
			editResource(services, { userId, actor, eventId }, ({ events }) => ({
				wanted: patch === null ? null : events.map((one) => (one.recurrence_id === null ? { ...one, ...patch } : one)),
				action: patch === null ? "deleted" : "updated",
				...more,
			})),
		push: ({ intentIds }, using = services) =>
			pushNow(using, userId, intentIds, { withinMs: 10_000, signal: new AbortController().signal }),
		intents: () => db.selectFrom("intents").selectAll().orderBy("seq").execute(),
		titles: async () => {
			const rows = await db.selectFrom("events").select("data").where("calendar_id", "=", calendarId).execute();
			return rows.map(({ data }) => data.title).sort();
		},
		remoteTitles: () =>
			control
				.resources(remoteCalendar)
				.flatMap(({ events }) => events.map(({ title }) => title))
				.sort(),
		versions: async (eventId) => {
			const rows = await db
				.selectFrom("event_versions")
				.select(["version", "action", "actor", "fields"])
				.where("event_id", "=", eventId)
				.orderBy("version")
				.execute();
			return rows.map(({ version, action, actor, fields }) =>
				[version, action, `by ${actor.type}`, fields.join()].filter((part) => part !== "").join(" "),
			);
		},
		feed: async () => {
			const rows = await db.selectFrom("changes").selectAll().orderBy("seq").execute();
			return rows.map(({ type, fields }) => (fields === null ? type : `${type} ${fields.join()}`));
		},
		verify: () => verifyConnection(services, userId, connectionId),
		makeDue,
		pushDue: async () => {
			await makeDue();
			await pushConnection(services, { userId, connectionId }, new AbortController().signal);
		},
		resolve: (eventId) => ({ userId, actor, eventId }),
		syncOf: (eventId) => syncOf(fixture, eventId),
	};
}

/** An event as iCalendar can hold it. */
export function event(patch: Partial<CalendarEvent> & { readonly uid: string }): CalendarEvent {
	return syncedEvent({ reminders: { use_default: false, overrides: [] }, ...patch });
}

/** The id of the event with this UID. */
export async function eventIdOf({ services }: SyncFixture, uid: string): Promise<string> {
	const row = await services.db
		.selectFrom("events")
		.select("id")
		.where("ical_uid", "=", uid)
		.where("master_id", "is", null)
		.executeTakeFirstOrThrow();
	return row.id;
}

/** `sync` of an event as the API shows it; null where there is none. */
export async function syncOf({ services, userId }: SyncFixture, id: string) {
	const calendars = await loadEventCalendars(services.db, userId);
	const record = (await loadEventRecords(services.db, userId, [id], calendars)).get(id);
	return record === undefined ? null : eventToWire(record, null).sync;
}

/** What the other side answers. */
export function failure(
	kind: ProviderFailureKind,
	reason: ProviderFailureReason,
	retryAfter?: number,
): ProviderFailure {
	return new ProviderFailure(kind, { reason, message: reason, ...(retryAfter === undefined ? {} : { retryAfter }) });
}
