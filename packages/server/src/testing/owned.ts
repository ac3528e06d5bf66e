import { parseCalendar } from "@kalends/model";
import type { OwnedKind } from "../http/endpoint.ts";
import type { Services } from "../services.ts";
import { newSecret, sealSecrets } from "../webhooks/secrets.ts";
import { createTestKey } from "./people.ts";

/** One thing of each kind that belongs to this user, written straight into the tables; the ids by kind. */
export async function insertOwned(services: Services, userId: string): Promise<Readonly<Record<OwnedKind, string>>> {
	const { db, newId } = services;
	const now = new Date(services.now());
	const connection = newId("con");
	const credentials = services.vault.seal(JSON.stringify({ username: "ann", password: "secret" }), {
		table: "connections",
		column: "credentials",
		userId,
		rowId: connection,
	});
	await db
		.insertInto("connections")
		.values({
			user_id: userId,
			id: connection,
			provider: "caldav",
			name: "Work",
			account: "ann@dav.example.com",
			status: "active",
			status_since: now,
			credentials,
			created_at: now,
		})
		.execute();
	const calendar = newId("cal");
	await db
		.insertInto("calendars")
		.values({
			user_id: userId,
			id: calendar,
			connection_id: connection,
			provider_calendar_id: "/calendars/ann/work/",
			name: "Work",
			access: "owner",
			status: "active",
			status_since: now,
			created_at: now,
		})
		.execute();
	const event = await insertEvent(services, userId, calendar);
	const run = newId("run");
	await db
		.insertInto("runs")
		.values({
			user_id: userId,
			id: run,
			connection_id: connection,
			trigger: "manual",
			state: "done",
			started_at: now,
			finished_at: now,
		})
		.execute();
	const { keyId } = await createTestKey(services, userId, ["read"]);
	const session = newId("ses");
	await db
		.insertInto("sessions")
		.values({
			user_id: userId,
			id: session,
			token: newId("ses"),
			expires_at: new Date(services.now() + 86_400_000),
			ip_address: null,
			user_agent: null,
			impersonated_by: null,
		})
		.execute();
	const webhook = newId("whk");
	await db
		.insertInto("webhooks")
		.values({
			user_id: userId,
			id: webhook,
			url: "https://hooks.example.com/kalends",
			secrets: sealSecrets(services, { userId, id: webhook }, { current: newSecret(), previous: null }),
			status: "disabled",
			status_reason: "by_hand",
			status_since: now,
			after_seq: 0,
			created_at: now,
		})
		.execute();
	const booking = newId("bkg");
	const time = { type: "zoned", zone: "UTC" } as const;
	const details = {
		title: "Lesson",
		description: "",
		location: "",
		start: { ...time, local: "2026-12-02T09:00:00", instant: "2026-12-02T09:00:00Z" },
		end: { ...time, local: "2026-12-02T10:00:00", instant: "2026-12-02T10:00:00Z" },
		participants: [],
		allow_conflicts: false,
	};
	await db
		.insertInto("bookings")
		.values({
			user_id: userId,
			id: booking,
			calendar_id: calendar,
			state: "released",
			details: JSON.stringify(details),
			created_at: now,
			updated_at: now,
		})
		.execute();
	const mail = newId("mal");
	await db
		.insertInto("mails")
		.values({
			user_id: userId,
			id: mail,
			kind: "invitation",
			recipient: "bob@example.com",
			subject: "Invitation: Review",
			message_id: `<${mail}@example.com>`,
			content: JSON.stringify({ reply_to: null, text: "Review", html: "Review", calendar: null }),
			state: "failed",
			next_attempt_at: now,
			give_up_at: now,
			thread: "bob@example.com review",
			created_at: now,
		})
		.execute();
	const notification = newId("ntf");
	await db
		.insertInto("notifications")
		.values({
			user_id: userId,
			id: notification,
			type: "occurrence.reminder",
			about: `reminder ${event}`,
			event_id: event,
			data: JSON.stringify({ title: "Review" }),
			created_at: now,
		})
		.execute();
	return { mail, notification, webhook, booking, connection, calendar, event, run, api_key: keyId, session };
}

async function insertEvent(services: Services, userId: string, calendarId: string): Promise<string> {
	const { db, newId } = services;
	const now = new Date(services.now());
	const starts = new Date(services.now() + 86_400_000);
	const ends = new Date(starts.getTime() + 3_600_000);
	const wall = (at: Date) => at.toISOString().slice(0, 19);
	const basic = (at: Date) => `${wall(at).replaceAll(/[-:]/g, "")}Z`;
	const text = [
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//Kalends//tests//EN",
		"BEGIN:VEVENT",
		`UID:${newId("evt")}@example.com`,
		`DTSTAMP:${basic(now)}`,
		`DTSTART:${basic(starts)}`,
		`DTEND:${basic(ends)}`,
		"SUMMARY:Review",
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	].join("\r\n");
	const group = parseCalendar(text, {}).groups[0];
	const data = group?.events[0];
	if (group === undefined || data === undefined) throw new Error("the sample is no event");
	const resource = newId("res");
	const event = newId("evt");
	await db
		.insertInto("resources")
		.values({
			user_id: userId,
			id: resource,
			calendar_id: calendarId,
			provider_resource_id: `/calendars/ann/work/${resource}.ics`,
			raw: group.raw(),
		})
		.execute();
	await db
		.insertInto("events")
		.values({
			user_id: userId,
			id: event,
			calendar_id: calendarId,
			resource_id: resource,
			kind: "single",
			ical_uid: data.uid,
			content_hash: group.contentHash(),
			search: "review",
			data: JSON.stringify(data),
			created_at: now,
			updated_at: now,
		})
		.execute();
	await db
		.insertInto("event_versions")
		.values({
			user_id: userId,
			event_id: event,
			version: 1,
			calendar_id: calendarId,
			at: now,
			action: "created",
			actor: JSON.stringify({ type: "provider" }),
			events: JSON.stringify([data]),
		})
		.execute();
	await db
		.insertInto("occurrences")
		.values({
			user_id: userId,
			event_id: event,
			source_event_id: event,
			series_id: event,
			calendar_id: calendarId,
			kind: "zoned",
			starts_at: starts,
			ends_at: ends,
			starts_local: wall(starts),
			ends_local: wall(ends),
		})
		.execute();
	return event;
}
