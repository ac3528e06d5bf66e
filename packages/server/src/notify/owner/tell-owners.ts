import { type RawBuilder, sql, type Transaction } from "kysely";
import { readersByEmail } from "../../accounts/directory.ts";
import { calendarToWire, listCalendarRecords } from "../../calendars/calendar-records.ts";
import { appendChanges } from "../../changes/append-changes.ts";
import { connectionToWire, listConnectionRecords } from "../../connections/connection-records.ts";
import { statusText } from "../../connections/status-text.ts";
import type { Database } from "../../db/schema.ts";
import { personOf } from "../../push/person.ts";
import type { Services } from "../../services.ts";
import { announce } from "../../webhooks/announce.ts";
import { queueMails } from "../mail/queue.ts";
import { insertNotification, type NewNotification } from "../notifications/tell.ts";
import { readNotificationPreferences } from "../preferences.ts";
import { markScanned, scannedTo } from "../scan-mark.ts";
import { type NoticeKind, phrasesIn } from "../text/catalogue.ts";
import { oneLine } from "../text/layout.ts";
import { renderNotice } from "../text/reminder.ts";
import { conflictedBookings, disabledWebhooks, unusedPayments } from "./other-notices.ts";

/** Something that an owner has to know. */
interface Notice extends NewNotification {
	readonly type: NoticeKind;
	readonly userId: string;
	/** Of the account, the calendar or the event. */
	readonly name: string;
	readonly fix: string | null;
	readonly subject: string;
}

const BATCH = 200;
const MARK = "conflicts";
/** Looked at twice, for what was written while the look before went on. */
const OVERLAP_MS = 60_000;

/**
 * Tells owners, once each, in the app, by mail and by webhook: that an account has to be signed in again, that a calendar
 * holds deletions back, that a change of theirs lost a conflict. It looks at what is, so that no way to get there is
 * forgotten, and nothing is lost with a crash.
 */
export async function tellOwners(services: Services, signal: AbortSignal): Promise<void> {
	const now = services.now();
	const since = await scannedTo(services.db, MARK, now);
	const notices = [
		...(await signedOut(services)),
		...(await heldBack(services)),
		...(await conflictsSince(services, since - OVERLAP_MS)),
		...(await paidInVain(services)),
		...(await unused(services)),
		...(await silenced(services)),
	];
	for (const notice of notices) {
		if (signal.aborted) return;
		await services.db.transaction().execute((tx) => tell(services, tx, notice));
	}
	if (now > since) await markScanned(services.db, MARK, now);
}

async function signedOut({ db }: Services): Promise<Notice[]> {
	const rows = await db
		.selectFrom("connections as c")
		.select(["c.user_id", "c.id", "c.name", "c.provider", "c.consent", "c.status_reason", "c.status_since"])
		.where("c.status", "=", "reauth_required")
		.where("c.paused", "=", false)
		.where(untold("connection.reauth_required"))
		.limit(BATCH)
		.execute();
	return rows.map(({ user_id, id, name, provider, consent, status_reason, status_since }) => {
		const { detail, fix } = statusText(status_reason ?? "internal", provider, consent);
		return {
			userId: user_id,
			type: "connection.reauth_required",
			about: stateSince("connection.reauth_required", id, status_since),
			subject: id,
			connectionId: id,
			name,
			fix,
			data: { connection_id: id, name, provider, status_reason, detail, fix },
		};
	});
}

async function heldBack({ db }: Services): Promise<Notice[]> {
	const rows = await db
		.selectFrom("calendars as c")
		.select(["c.user_id", "c.id", "c.connection_id", "c.status_reason", "c.status_since"])
		.select((eb) => eb.fn.coalesce("c.name_override", "c.name").as("name"))
		.where("c.status", "=", "paused")
		.where("c.selected", "=", true)
		.where(untold("calendar.paused"))
		.limit(BATCH)
		.execute();
	return rows.map(({ user_id, id, connection_id, name, status_reason, status_since }) => {
		const fix = `POST /v1/calendars/${id}/deletions with {"action": "apply"} or {"action": "keep"}.`;
		return {
			userId: user_id,
			type: "calendar.paused",
			about: stateSince("calendar.paused", id, status_since),
			subject: id,
			connectionId: connection_id,
			calendarId: id,
			name,
			fix: null,
			data: { calendar_id: id, connection_id, name, status_reason, fix },
		};
	});
}

async function conflictsSince({ db }: Services, since: number): Promise<Notice[]> {
	const rows = await db
		.selectFrom("event_versions as v")
		.innerJoin("calendars as c", (join) =>
			join.onRef("c.user_id", "=", "v.user_id").onRef("c.id", "=", "v.calendar_id"),
		)
		.select(["v.user_id", "v.event_id", "v.version", "v.calendar_id", "v.fields", "c.connection_id"])
		.select(sql<string | null>`v.events -> 0 ->> 'title'`.as("title"))
		.where("v.action", "=", "conflict")
		.where("v.at", ">", new Date(since))
		.orderBy("v.at")
		.execute();
	return rows.map(({ user_id, event_id, version, calendar_id, connection_id, fields, title }) => ({
		userId: user_id,
		type: "event.conflict",
		about: `event.conflict ${event_id} ${version}`,
		subject: event_id,
		connectionId: connection_id,
		calendarId: calendar_id,
		eventId: event_id,
		name: title ?? "",
		fix: null,
		data: {
			event_id,
			calendar_id,
			title: title ?? "",
			fields,
			version,
			fix: `POST /v1/events/${event_id}/restore with {"version": ${version}} brings your change back.`,
		},
	}));
}

async function paidInVain({ db }: Services): Promise<Notice[]> {
	return (await conflictedBookings(db)).map(({ user_id, id, calendar_id, title, reason }) => ({
		userId: user_id,
		type: "booking.conflict",
		about: `booking.conflict ${id}`,
		subject: id,
		calendarId: calendar_id,
		name: title,
		fix: null,
		data: { booking_id: id, calendar_id, title, reason },
	}));
}

async function unused({ db, now }: Services): Promise<Notice[]> {
	return (await unusedPayments(db, now())).map(
		({ user_id, calendar_id, booking_id, source, mode, reference, name, problem }) => ({
			userId: user_id,
			type: "payment.problem",
			about: `payment.problem ${source} ${mode} ${reference}`,
			subject: reference,
			calendarId: calendar_id,
			name,
			fix: problem,
			data: { payment_id: reference, source, mode, booking_id, title: name, problem },
		}),
	);
}

async function silenced({ db }: Services): Promise<Notice[]> {
	return (await disabledWebhooks(db)).map(({ user_id, id, url, status_reason, stamp }) => ({
		userId: user_id,
		type: "webhook.disabled",
		about: `webhook.disabled ${id} ${stamp}`,
		subject: id,
		name: URL.parse(url)?.host ?? "",
		fix: null,
		data: { webhook_id: id, url, status_reason },
	}));
}

/** Told to webhooks where they happen. */
function wasTold(kind: NoticeKind): kind is "booking.conflict" | "payment.problem" | "webhook.disabled" {
	return kind === "booking.conflict" || kind === "payment.problem" || kind === "webhook.disabled";
}

/** Of the account or calendar `c`: nobody was told yet that it is in this state since then; as `stateSince` names it. */
function untold(kind: NoticeKind): RawBuilder<boolean> {
	return sql`NOT EXISTS (
		SELECT FROM notifications n WHERE n.user_id = c.user_id
			AND n.about = ${`${kind} `} || c.id || ' ' || to_char(c.status_since AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')
	)`;
}

function stateSince(kind: NoticeKind, id: string, since: Date): string {
	return `${kind} ${id} ${since.toISOString().slice(0, 19).replaceAll(/\D/g, "")}`;
}

async function tell(services: Services, tx: Transaction<Database>, notice: Notice): Promise<void> {
	const { userId, type, about, name, fix, data, subject, calendarId } = notice;
	const id = await insertNotification(tx, services, userId, notice);
	if (id === null) return;
	if (!wasTold(type)) {
		const told = { ...(await subjectAsGiven(tx, notice)), ...data };
		await announce(tx, userId, { type, subject, calendarId: calendarId ?? null, data: told, at: services.now() });
	}
	const preferences = await readNotificationPreferences(tx, userId);
	if (services.config.mail !== null && preferences.notices_by_email) {
		const { email } = await personOf(tx, userId);
		const reader = (await readersByEmail(tx, [email])).get(email.toLowerCase());
		const phrases = phrasesIn(reader?.locale ?? null);
		const said = phrases.notice[type](oneLine(name) || phrases.untitled);
		const { subject: title, text, html } = renderNotice({ ...said, fix }, services.config.url, phrases);
		const content = { reply_to: null, text, html, calendar: null };
		await queueMails(tx, services, userId, [
			{
				kind: "notice",
				recipient: email,
				subject: title,
				content,
				thread: about,
				...(notice.connectionId ? { connectionId: notice.connectionId } : {}),
				...(calendarId ? { calendarId } : {}),
				...(notice.eventId ? { eventId: notice.eventId } : {}),
			},
		]);
	}
	await appendChanges(tx, userId, services.now(), [{ type: "notification.created", id }]);
}

/** The account or calendar that a notice is about, as the API gives it; nothing of a conflict, or where it is gone. */
async function subjectAsGiven(tx: Transaction<Database>, { type, userId, subject: id }: Notice): Promise<object> {
	if (type === "connection.reauth_required") {
		const [record] = await listConnectionRecords(tx, userId, { id, limit: 1 });
		return record === undefined ? {} : connectionToWire(record);
	}
	if (type === "calendar.paused") {
		const [record] = await listCalendarRecords(tx, userId, { id, limit: 1 });
		return record === undefined ? {} : calendarToWire(record);
	}
	return {};
}

/** What is over needs nobody's attention any more: an account that works again, a calendar whose deletions were decided. */
export async function settleOwnerNotices({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
	const { rows } = await sql<{ readonly user_id: string; readonly id: string }>`
		SELECT n.user_id, n.id FROM notifications n
		WHERE n.state <> 'dismissed' AND (
			(n.type = 'connection.reauth_required' AND NOT EXISTS (
				SELECT 1 FROM connections c
				WHERE c.user_id = n.user_id AND c.id = n.connection_id AND c.status = 'reauth_required'))
			OR (n.type = 'calendar.paused' AND NOT EXISTS (
				SELECT 1 FROM calendars c
				WHERE c.user_id = n.user_id AND c.id = n.calendar_id AND c.status = 'paused'))
			OR (n.type = 'booking.conflict' AND NOT EXISTS (
				SELECT 1 FROM bookings b
				WHERE b.user_id = n.user_id AND b.id = n.data ->> 'booking_id' AND b.state = 'conflict'))
			OR (n.type = 'payment.problem' AND NOT EXISTS (
				SELECT 1 FROM payments p
				WHERE p.user_id = n.user_id AND p.source = n.data ->> 'source' AND p.mode = n.data ->> 'mode'
					AND p.reference = n.data ->> 'payment_id' AND p.problem IS NOT NULL AND NOT p.refunded))
			OR (n.type = 'webhook.disabled' AND NOT EXISTS (
				SELECT 1 FROM webhooks w
				WHERE w.user_id = n.user_id AND w.id = n.data ->> 'webhook_id' AND w.status = 'disabled')))
		LIMIT ${BATCH}`.execute(db);
	for (const { user_id: userId, id } of rows) {
		await db.transaction().execute(async (tx) => {
			await tx
				.updateTable("notifications")
				.set({ state: "dismissed", snoozed_until: null })
				.where("user_id", "=", userId)
				.where("id", "=", id)
				.execute();
			await appendChanges(tx, userId, now(), [{ type: "notification.updated", id, fields: ["state"] }]);
		});
	}
}
