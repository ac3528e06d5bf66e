import { type Selectable, sql } from "kysely";
import type { MailError, MailsTable } from "../../db/schema.ts";
import { MailFailure } from "../../egress/smtp.ts";
import type { Services } from "../../services.ts";
import { isSending } from "./switch.ts";

type Mail = Selectable<MailsTable>;

/** What delivering needs of the services. */
export type MailServices = Pick<Services, "config" | "db" | "mail" | "metrics" | "log" | "now" | "random">;

/** A claim outlives every step of one delivery; the mail of a dead sender goes to the next after it. */
const CLAIM_SECONDS = 600;
const MINUTE = 60_000;
/** Between attempts; the last one repeats until the mail is given up. */
const DELAYS = [1, 2, 5, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE);
/** Mails of one user in one job, so that others get their turn. */
const BATCH = 200;

/**
 * Delivers what is due of one user's mails, oldest first. A mail is claimed before it is sent: a crash between the
 * server's answer and ours sends it once more, under the same Message-ID.
 */
export async function sendDueMails(services: MailServices, userId: string, signal: AbortSignal): Promise<number> {
	if (services.mail === null || !(await isSending(services.db))) return 0;
	let sent = 0;
	for (let tries = 0; tries < BATCH && !signal.aborted; tries++) {
		const mail = await claimNext(services, userId);
		if (mail === null) return sent;
		if (await deliver(services, mail)) sent++;
	}
	return sent;
}

/** The oldest mail that is due and that no earlier one of its thread waits before. */
async function claimNext({ db, now }: MailServices, userId: string): Promise<Mail | null> {
	const { rows } = await sql<Mail>`
		UPDATE mails SET attempts = attempts + 1, fence = fence + 1,
			claimed_until = clock_timestamp() + ${`${CLAIM_SECONDS} seconds`}::interval
		WHERE user_id = ${userId} AND id = (
			SELECT m.id FROM mails m
			WHERE m.user_id = ${userId} AND m.state = 'queued' AND m.next_attempt_at <= ${new Date(now())}
				AND (m.claimed_until IS NULL OR m.claimed_until < clock_timestamp())
				AND NOT EXISTS (
					SELECT 1 FROM mails e
					WHERE e.user_id = m.user_id AND e.thread = m.thread AND e.state = 'queued' AND e.id < m.id)
			ORDER BY m.id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING *`.execute(db);
	return rows[0] ?? null;
}

async function deliver(services: MailServices, mail: Mail): Promise<boolean> {
	const { config, mail: transport, metrics, log } = services;
	if (transport === null || config.mail === null) return false;
	const fields = { user_id: mail.user_id, mail_id: mail.id, kind: mail.kind, attempts: mail.fence };
	try {
		const { content } = mail;
		if (content === null) throw new MailFailure("refused", "Its content is no longer kept.", true);
		await transport.send({
			from: config.mail.from,
			to: { name: null, address: mail.recipient },
			replyTo: content.reply_to === null ? null : { name: null, address: content.reply_to },
			subject: mail.subject,
			messageId: mail.message_id,
			date: mail.created_at,
			text: content.text,
			html: content.html,
			calendar: content.calendar,
		});
	} catch (error) {
		const failure =
			error instanceof MailFailure ? error : new MailFailure("deferred", "Kalends could not make or send this mail.");
		const outcome = await putOff(services, mail, failure);
		metrics.mails.inc({ kind: mail.kind, outcome });
		log.warn({ ...fields, code: failure.code, outcome, err: error }, "a mail was not delivered");
		return false;
	}
	await services.db
		.updateTable("mails")
		.set({ state: "sent", sent_at: new Date(services.now()), claimed_until: null, error: null, content: null })
		.where("user_id", "=", mail.user_id)
		.where("id", "=", mail.id)
		.where("fence", "=", mail.fence)
		.execute();
	metrics.mails.inc({ kind: mail.kind, outcome: "sent" });
	log.info(fields, "a mail was delivered to the mail server");
	return true;
}

async function putOff(services: MailServices, mail: Mail, failure: MailFailure): Promise<"failed" | "deferred"> {
	const now = services.now();
	const delay = DELAYS[Math.min(mail.attempts, DELAYS.length) - 1] ?? MINUTE;
	const next = now + delay * (0.75 + 0.25 * services.random());
	const failed = failure.permanent || next > mail.give_up_at.getTime();
	const error: MailError = { code: failure.code, detail: failure.message };
	await services.db
		.updateTable("mails")
		.set({
			state: failed ? "failed" : "queued",
			claimed_until: null,
			next_attempt_at: new Date(next),
			error: JSON.stringify(error),
		})
		.where("user_id", "=", mail.user_id)
		.where("id", "=", mail.id)
		.where("fence", "=", mail.fence)
		.execute();
	return failed ? "failed" : "deferred";
}
