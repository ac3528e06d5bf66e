import { type Kysely, sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { GIVE_UP_AFTER_MS } from "./mail/queue.ts";
import { wakeSnoozed } from "./notifications/state.ts";
import { settleOwnerNotices, tellOwners } from "./owner/tell-owners.ts";
import { remindDue } from "./reminders/remind-due.ts";
import { settleReminders } from "./reminders/settle-reminders.ts";

/**
 * What is due, over all users: the one module of notify that looks across them (design §3), with what it calls to find
 * owners and instants. What is then done is done for one owner at a time.
 */
export async function scanNotifications(services: Services, signal: AbortSignal): Promise<void> {
	await remindDue(services, signal);
	await tellOwners(services, signal);
	await settleOwnerNotices(services);
	await settleReminders(services, signal);
	await wakeSnoozed(services);
	await sendMailsDue(services);
}

/** Users whose mails are sent at one look. */
const BATCH = 500;

/** Mails whose job was lost or whose time has come; those that nobody can send any more end as failed. */
async function sendMailsDue({ db, jobs, mail, now }: Services): Promise<void> {
	const at = new Date(now());
	await db
		.updateTable("mails")
		.set({
			state: "failed",
			error: sql<string>`coalesce(error, ${JSON.stringify({ code: "expired", detail: "It could not be sent in time." })}::jsonb)`,
		})
		.where("state", "=", "queued")
		.where("give_up_at", "<", at)
		// While an administrator has stopped all mail, it waits; a reminder helps nobody then.
		.where((eb) =>
			eb.or([eb("kind", "=", "reminder"), sql<boolean>`NOT EXISTS (SELECT FROM mail_switch WHERE NOT sending)`]),
		)
		.where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<", sql<Date>`clock_timestamp()`)]))
		.execute();
	if (mail === null) return;
	const due = await db
		.selectFrom("mails")
		.select("user_id")
		.distinct()
		.where("state", "=", "queued")
		.where("next_attempt_at", "<=", at)
		.where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<", sql<Date>`clock_timestamp()`)]))
		.limit(BATCH)
		.execute();
	for (const { user_id } of due) {
		await jobs.send("mail.send", { user_id }, { transaction: db, key: user_id, owner: user_id });
	}
}

/** Mail that waited while it was stopped is tried as long as a new one. */
export async function renewWaiting(tx: Transaction<Database>, now: number): Promise<void> {
	await tx
		.updateTable("mails")
		.set({ give_up_at: sql<Date>`greatest(give_up_at, ${new Date(now + GIVE_UP_AFTER_MS)})` })
		.where("state", "=", "queued")
		.where("kind", "!=", "reminder")
		.execute();
}

const LOG_KEPT = 60 * 86_400_000;

/** Removes what is kept for a time only: the delivery log, dismissed and old notifications, and what was reminded of. */
export async function pruneNotify({ db, now }: { readonly db: Kysely<Database>; readonly now: () => number }) {
	const before = new Date(now() - LOG_KEPT);
	await db.deleteFrom("mails").where("created_at", "<", before).where("state", "!=", "queued").execute();
	// Longer than a deleted event can be restored.
	await db
		.deleteFrom("mailed_sequences as m")
		.where("updated_at", "<", before)
		.where((eb) => {
			const uid = sql<string>`left(e.ical_uid, 245)`;
			const events = eb.selectFrom("events as e").select("e.id").whereRef("e.user_id", "=", "m.user_id");
			return eb.not(eb.exists(events.where(uid, "=", eb.ref("m.uid"))));
		})
		.execute();
	await db.deleteFrom("notifications").where("created_at", "<", before).execute();
	await db.deleteFrom("reminders_given").where("at", "<", before).execute();
}
