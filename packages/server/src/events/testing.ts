import { type CalendarEvent, type Participant, writeCalendar } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "@kalends/providers";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../http/app.ts";
import { routes } from "../http/routes.ts";
import { createSyncFixture, type SyncFixture } from "../sync/testing.ts";
import { createTestKey } from "../testing/people.ts";
import type { WireEvent } from "./schemas.ts";

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
}

export async function createWritingFixture(
	options: Parameters<typeof createSyncFixture>[0] = {},
): Promise<WritingFixture> {
	const fixture = await createSyncFixture(options);
	const { services, userId, control } = fixture;
	const app = await buildApp(services, routes, { verifyResponses: true });
	const { headers } = await createTestKey(services, userId, ["read", "write"]);
	const calendar = control.createCalendar("ada", { name: "Work", timeZone: "Europe/Berlin" });
	const call: WritingFixture["call"] = async (method, url, body, more = {}) => {
		const payload = body === undefined ? {} : { payload: body };
		const answer = await app.inject({ method, url, headers: { ...headers, ...more }, ...payload });
		const text = answer.body;
		return { status: answer.statusCode, headers: answer.headers, body: text === "" ? null : answer.json() };
	};
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
		close: async () => {
			await app.close();
			await fixture.close();
		},
	};
}

export function guest(email: string, patch: Partial<Participant> = {}): Participant {
	return { email, name: null, response: "needs_action", optional: false, organizer: false, self: false, ...patch };
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
