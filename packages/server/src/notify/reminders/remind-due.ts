import type { Transaction } from "kysely";
import { appendChanges } from "../../changes/append-changes.ts";
import type { Database } from "../../db/schema.ts";
import { dateTimeToWire } from "../../events/date-time-to-wire.ts";
import type { Services } from "../../services.ts";
import { announce } from "../../webhooks/announce.ts";
import { queueMails } from "../mail/queue.ts";
import { insertNotification } from "../notifications/tell.ts";
import { notificationPreferencesOf } from "../preferences.ts";
import { markScanned, scannedTo } from "../scan-mark.ts";
import { phrasesIn } from "../text/catalogue.ts";
import { oneLine } from "../text/layout.ts";
import { renderReminder } from "../text/reminder.ts";
import { type DueOccurrence, occurrencesWithReminders } from "./due-occurrences.ts";
import { OVERLAP_MS, reminderThread } from "./given.ts";
import { type DueReminder, dueReminders, LATE_AFTER_MS } from "./plan.ts";

const MARK = "reminders";
/** What was missed is caught up with in stretches of so much, the mark moving on behind each. */
const STRETCH_MS = 24 * 3_600_000;

/**
 * Gives the reminders that have become due since the last look. Each is noted in the transaction that gives it, so that
 * whatever breaks off is done by the next look, and nothing twice. A clock that was set back gives none until it has
 * caught up.
 */
export async function remindDue(services: Services, signal: AbortSignal): Promise<number> {
	const { db } = services;
	const now = services.now();
	let given = 0;
	for (let from = await scannedTo(db, MARK, now); from < now && !signal.aborted; ) {
		const to = Math.min(now, from + STRETCH_MS);
		const range = { from: from - OVERLAP_MS, to, aliveAt: now - to > LATE_AFTER_MS ? now : null };
		const byUser = new Map<string, Remindable[]>();
		for (const occurrence of await occurrencesWithReminders(db, range)) {
			const reminders = remindersDue(services, occurrence, { from: range.from, to, now });
			if (reminders.length === 0) continue;
			const known = byUser.get(occurrence.userId);
			if (known === undefined) byUser.set(occurrence.userId, [{ occurrence, reminders }]);
			else known.push({ occurrence, reminders });
		}
		for (const [userId, due] of byUser) {
			given += await db.transaction().execute((tx) => give(services, tx, userId, due));
		}
		await markScanned(db, MARK, to);
		from = to;
	}
	return given;
}

interface Remindable {
	readonly occurrence: DueOccurrence;
	readonly reminders: readonly DueReminder[];
}

function remindersDue(
	{ providers }: Pick<Services, "providers">,
	occurrence: DueOccurrence,
	range: { readonly from: number; readonly to: number; readonly now: number },
): readonly DueReminder[] {
	const { event, calendarDefaults, preferences, startsAt, endsAt, provider } = occurrence;
	return dueReminders(
		{
			event,
			calendarDefaults,
			preferences: notificationPreferencesOf(preferences),
			providerMails: providers.get(provider)?.capabilities.mailsReminders === true,
		},
		{ startsAt, endsAt, ...range },
	);
}

async function give(
	services: Services,
	tx: Transaction<Database>,
	userId: string,
	due: readonly Remindable[],
): Promise<number> {
	const shown: string[] = [];
	let given = 0;
	for (const { occurrence, reminders } of due) {
		for (const reminder of reminders) {
			if (!(await noteGiven(services, tx, occurrence, reminder))) continue;
			given++;
			services.metrics.reminders.inc({ channel: reminder.channel });
			const id = await giveBy(services, tx, occurrence, reminder);
			if (id !== null) shown.push(id);
		}
	}
	const entries = shown.map((id) => ({ type: "notification.created", id }) as const);
	await appendChanges(tx, userId, services.now(), entries);
	return given;
}

/** False where it was given before. */
async function noteGiven(
	{ now }: Pick<Services, "now">,
	tx: Transaction<Database>,
	{ userId, eventId, startsAt }: DueOccurrence,
	{ minutes, channel }: DueReminder,
): Promise<boolean> {
	const row = await tx
		.insertInto("reminders_given")
		.values({
			user_id: userId,
			event_id: eventId,
			starts_at: new Date(startsAt),
			minutes,
			channel,
			at: new Date(now()),
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning("minutes")
		.executeTakeFirst();
	return row !== undefined;
}

/** @returns the notification, where it is one */
async function giveBy(
	services: Services,
	tx: Transaction<Database>,
	occurrence: DueOccurrence,
	reminder: DueReminder,
): Promise<string | null> {
	const { userId, eventId, calendarId, connectionId, event, start, end } = occurrence;
	const { minutes, late } = reminder;
	const data = {
		event_id: eventId,
		calendar_id: calendarId,
		title: event.title,
		location: event.location,
		conference_url: event.conference?.url || null,
		start: dateTimeToWire(start),
		end: dateTimeToWire(end),
		minutes,
		late,
	};
	const thread = reminderThread(occurrence, minutes);
	switch (reminder.channel) {
		case "in_app":
			return insertNotification(tx, services, userId, {
				type: "occurrence.reminder",
				about: thread,
				connectionId,
				calendarId,
				eventId,
				data,
			});
		case "webhook":
			await announce(tx, userId, {
				type: "occurrence.reminder",
				subject: eventId,
				calendarId,
				data,
				at: services.now(),
			});
			return null;
		case "email": {
			if (services.config.mail === null) return null;
			const phrases = phrasesIn(typeof occurrence.locale === "string" ? occurrence.locale : null);
			const { subject, text, html } = renderReminder({ ...occurrence, late }, services.config.url, phrases);
			const content = { reply_to: null, text, html, calendar: null };
			await queueMails(tx, services, userId, [
				{
					kind: "reminder",
					recipient: occurrence.email,
					subject: oneLine(subject),
					content,
					thread,
					connectionId,
					calendarId,
					eventId,
				},
			]);
			return null;
		}
	}
}
