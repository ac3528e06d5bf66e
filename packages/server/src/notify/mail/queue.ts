import type { Transaction } from "kysely";
import { toRecordset } from "../../db/recordset.ts";
import type { Database, MailContent, MailError, MailKind } from "../../db/schema.ts";
import type { Services } from "../../services.ts";

/** A mail to be queued: all that is sent is fixed here, so that every attempt sends the same. */
export interface NewMail {
	readonly kind: MailKind;
	readonly recipient: string;
	readonly subject: string;
	readonly content: MailContent;
	/** Mails of one thread are delivered in the order in which they were queued. */
	readonly thread: string;
	/** The highest SEQUENCE of an iMIP part. */
	readonly sequence?: number;
	readonly connectionId?: string;
	readonly calendarId?: string;
	readonly eventId?: string;
	/** To a guest of a paid booking: counts in no quota. */
	readonly paid?: boolean;
	/** Why it is not sent unless somebody asks for it: it is in the log as failed. */
	readonly withheld?: MailError;
}

const HOUR = 3_600_000;
/** How long a mail is tried. */
export const GIVE_UP_AFTER_MS = 72 * HOUR;
/** A reminder that is late by so much helps nobody. */
const REMINDER_GIVE_UP_AFTER_MS = 2 * HOUR;

/**
 * Queues mails in the transaction of what they tell of. Each has one Message-ID for all its attempts.
 * @returns their ids
 */
export async function queueMails(
	tx: Transaction<Database>,
	services: Pick<Services, "config" | "jobs" | "now" | "newId">,
	userId: string,
	mails: readonly NewMail[],
): Promise<readonly string[]> {
	if (mails.length === 0) return [];
	const { config, jobs, newId } = services;
	const now = services.now();
	const domain = config.mail?.from.address.split("@").at(-1) ?? config.url.hostname;
	const ids: string[] = [];
	for (const mail of mails) {
		const id = newId("mal");
		ids.push(id);
		await tx
			.insertInto("mails")
			.values({
				user_id: userId,
				id,
				kind: mail.kind,
				recipient: mail.recipient,
				subject: storableText(mail.subject),
				message_id: `<${id}@${domain}>`,
				content: toRecordset([mail.content]).slice(1, -1),
				...(mail.withheld === undefined ? {} : { state: "failed", error: JSON.stringify(mail.withheld) }),
				next_attempt_at: new Date(now),
				give_up_at: new Date(now + (mail.kind === "reminder" ? REMINDER_GIVE_UP_AFTER_MS : GIVE_UP_AFTER_MS)),
				thread: storableText(mail.thread),
				sequence: mail.sequence ?? 0,
				paid: mail.paid ?? false,
				connection_id: mail.connectionId ?? null,
				calendar_id: mail.calendarId ?? null,
				event_id: mail.eventId ?? null,
				created_at: new Date(now),
			})
			.execute();
	}
	await jobs.send("mail.send", { user_id: userId }, { transaction: tx, key: userId, owner: userId });
	return ids;
}

/** PostgreSQL's text holds no NUL. */
function storableText(text: string): string {
	return text.replaceAll("\0", "").toWellFormed();
}
