import { type CalendarEvent, writeCalendar } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "@kalends/providers";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../http/app.ts";
import { routes } from "../http/routes.ts";
import { pushConnection } from "../push/push-lanes.ts";
import type { IntentRow } from "../push/types.ts";
import { createSyncFixture, type SyncFixture } from "../sync/testing.ts";
import { createTestKey } from "../testing/people.ts";
import type { WireEvent } from "./schemas.ts";

export { guest } from "@kalends/model/testing";

export interface Answered {
	readonly status: number;
	readonly headers: Readonly<Record<string, unknown>>;
	// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer, it checks
	readonly body: any;
}

/** A connected person, their writable calendar at the in-memory provider, and the app. */
export interface WritingFixture extends SyncFixture {
	readonly app: FastifyInstance;
	readonly headers: { readonly authorization: string };
	/** The provider's id. */
	readonly calendar: string;
	call(
		method: "GET" | "POST" | "PATCH" | "DELETE",
		url: string,
		body?: object,
		headers?: Readonly<Record<string, string>>,
	): Promise<Answered>;
	/** Puts these at the provider, syncs, and answers the id of the single or master. */
	bring(...events: readonly CalendarEvent[]): Promise<string>;
	read(id: string): Promise<WireEvent>;
	/** What the provider has under this UID. */
	remote(uid: string): readonly CalendarEvent[];
	/** The id of the calendar of this name. */
	calendarId(name: string): Promise<string>;
	/** What is to be sent, the oldest first. */
	intents(): Promise<readonly IntentRow[]>;
	/** Sends what waits, as if its time had come, for so many turns at the most. */
	pushDue(turns?: number): Promise<void>;
}

export async function createWritingFixture(
	options: Parameters<typeof createSyncFixture>[0] = {},
): Promise<WritingFixture> {
	const fixture = await createSyncFixture(options);
	const { services, userId, connectionId, control } = fixture;
	const app = await buildApp(services, routes, { verifyResponses: true });
	const { headers } = await createTestKey(services, userId, ["read", "write"]);
	const calendar = control.createCalendar("ada", { name: "Work", timeZone: "Europe/Berlin" });
	const call: WritingFixture["call"] = async (method, url, body, more = {}) => {
		const payload = body === undefined ? {} : { payload: body };
		const answer = await app.inject({ method, url, headers: { ...headers, ...more }, ...payload });
		const text = answer.body;
		return { status: answer.statusCode, headers: answer.headers, body: text === "" ? null : answer.json() };
	};
	const intents = () => services.db.selectFrom("intents").selectAll().orderBy("seq").execute();
	// So that the note of the key's first use does not count as a change.
	await call("GET", "/v1/me");
	return {
		...fixture,
		app,
		headers,
		calendar,
		call,
		bring: async (...events) => {
			const uid = events[0]?.uid ?? "";
			control.put(calendar, uid, writeCalendar({ events, base: null, now: services.now() }));
			await fixture.sync();
			const row = await services.db
				.selectFrom("events")
				.select("id")
				.where("user_id", "=", userId)
				.where("ical_uid", "=", uid)
				.where("master_id", "is", null)
				.executeTakeFirstOrThrow();
			return row.id;
		},
		read: async (id) => (await call("GET", `/v1/events/${id}`)).body,
		remote: (uid) =>
			control.resources(calendar).flatMap((resource) => resource.events.filter((one) => one.uid === uid)),
		calendarId: async (name) =>
			(await call("GET", "/v1/calendars")).body.data.find((one: { name: string }) => one.name === name)?.id,
		intents,
		pushDue: async (turns = 4) => {
			for (let turn = 0; turn < turns && (await intents()).some(({ state }) => state === "pending"); turn++) {
				const due = { next_attempt_at: new Date(0), claimed_until: null };
				await services.db.updateTable("intents").set(due).execute();
				await pushConnection(services, { userId, connectionId }, new AbortController().signal);
			}
		},
		close: async () => {
			await app.close();
			await fixture.close();
		},
	};
}

/** Of 2 December 2026, 12:00 to 13:00 UTC. */
export function meeting(patch: Partial<CalendarEvent> = {}): CalendarEvent {
	return event({
		uid: "u1",
		title: "Meeting",
		start: zoned("2026-12-02T12:00:00"),
		end: zoned("2026-12-02T13:00:00"),
		...patch,
	});
}

/** That meeting on five days. */
export function daily(patch: Partial<CalendarEvent> = {}): CalendarEvent {
	return meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"], ...patch });
}

/** The instance of that meeting on another day of December 2026. */
export function onDay(day: string, patch: Partial<CalendarEvent> = {}): CalendarEvent {
	return meeting({
		start: zoned(`2026-12-${day}T12:00:00`),
		end: zoned(`2026-12-${day}T13:00:00`),
		recurrence_id: zoned(`2026-12-${day}T12:00:00`),
		...patch,
	});
}

export function refusal(kind: ProviderFailureKind, reason: ProviderFailureReason): ProviderFailure {
	return new ProviderFailure(kind, { reason, message: `the other side answered ${reason}` });
}
