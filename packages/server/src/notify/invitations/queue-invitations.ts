import type { CalendarEvent } from "@kalends/model";
import type { Transaction } from "kysely";
import { readersByEmail } from "../../accounts/directory.ts";
import { paidGuestsOf } from "../../bookings/booking-rows.ts";
import { isMailAddress } from "../../config-mail.ts";
import type { Database, MailError } from "../../db/schema.ts";
import { ownAddresses } from "../../events/write/own-addresses.ts";
import { personOf } from "../../push/person.ts";
import type { Services } from "../../services.ts";
import { type NewMail, queueMails } from "../mail/queue.ts";
import { phrasesIn } from "../text/catalogue.ts";
import { renderInvitation } from "../text/invitation.ts";
import { oneLine } from "../text/layout.ts";
import { isZone } from "../text/when.ts";
import { invitationsBy } from "../who-mails.ts";
import { MAILS_A_DAY, mailsLeft } from "./budget.ts";
import { imipPart } from "./imip.ts";
import { type Invitation, planInvitations } from "./plan.ts";

/** A write of ours that the provider has agreed to. */
export interface AgreedChange {
	readonly userId: string;
	readonly connectionId: string;
	readonly calendarId: string;
	/** Of the single or master. */
	readonly eventId: string;
	/** All events of the resource; null where there was none. */
	readonly before: readonly CalendarEvent[] | null;
	/** As the provider has it now; null where it went. */
	readonly after: readonly CalendarEvent[] | null;
}

const OVER_QUOTA: MailError = {
	code: "over_quota",
	detail: `More than ${2 * MAILS_A_DAY} guests were to be mailed in 24 hours, so this was not sent. Try it again, or tell the guest yourself.`,
};

/**
 * Queues the mails to the guests of a write, in the transaction that settles it: what was refused mails nobody, and what
 * is settled is mailed, once, whatever crashes; what is far over the quota is in the log as failed, but for the guests of
 * a paid booking. Where the provider tells the guests, does nothing.
 */
export async function queueInvitations(
	services: Services,
	tx: Transaction<Database>,
	change: AgreedChange,
): Promise<void> {
	if (services.config.mail === null || !hasGuests(change)) return;
	const { userId, before, after } = change;
	const place = await tx
		.selectFrom("calendars as c")
		.innerJoin("connections as n", (join) =>
			join.onRef("n.user_id", "=", "c.user_id").onRef("n.id", "=", "c.connection_id"),
		)
		.select(["c.sends_invitations", "n.provider", "n.account"])
		.where("c.user_id", "=", userId)
		.where("c.id", "=", change.calendarId)
		.executeTakeFirst();
	if (place === undefined) return;
	if (invitationsBy(services.config, services.providers.get(place.provider), place) !== "kalends") return;
	const person = await personOf(tx, userId);
	const own = ownAddresses(place, person);
	const invitations = planInvitations(before, after, own);
	if (invitations.length === 0) return;
	const paidGuests = await paidGuestsOf(tx, userId, change.eventId);
	// A payment bounds how often a booking invites and cancels, but not how often its event is changed.
	const isPaid = ({ kind, recipient }: Invitation) =>
		kind !== "update" && paidGuests.has(recipient.email.toLowerCase());
	const counted = invitations.filter((one) => !isPaid(one)).length;
	const left = await mailsLeft(tx, userId, services.now());
	const withheld = counted > Math.max(0, left.hard) ? OVER_QUOTA : null;
	if (withheld !== null) {
		// Deletions, and what an outage held up come so far; other writes are refused long before.
		services.log.warn({ user_id: userId, event_id: change.eventId }, "invitations over twice the quota are not mailed");
	}
	const readers = await readersByEmail(
		tx,
		invitations.map(({ recipient }) => recipient.email),
	);
	const organizer = organizerOf(place.account, person);
	const least = await leastSequences(tx, userId, invitations);
	const mails = invitations.map((invitation): NewMail => {
		const reader = readers.get(invitation.recipient.email.toLowerCase());
		const zone = reader?.timeZone ?? null;
		const leastSequence = least.get(uidOf(invitation)) ?? 0;
		const paid = isPaid(invitation);
		const part = imipPart({ invitation, organizer, leastSequence, now: services.now() });
		const sender = organizer.name ?? organizer.email;
		const { subject, text, html } = renderInvitation(
			invitation,
			sender,
			isZone(zone) ? zone : null,
			phrasesIn(reader?.locale ?? null),
		);
		return {
			kind: invitation.kind,
			recipient: invitation.recipient.email,
			subject: oneLine(subject),
			content: {
				reply_to: isMailAddress(organizer.email) ? organizer.email : null,
				text,
				html,
				calendar: { method: part.method, text: part.text },
			},
			thread: threadOf(invitation),
			sequence: part.sequence,
			connectionId: change.connectionId,
			calendarId: change.calendarId,
			eventId: change.eventId,
			paid,
			...(withheld === null || paid ? {} : { withheld }),
		};
	});
	await queueMails(tx, services, userId, mails);
	const sent = invitations.map((one, index) => ({ uid: uidOf(one), sequence: mails[index]?.sequence ?? 0 }));
	await noteSequences(tx, userId, sent, services.now());
}

function hasGuests({ before, after }: AgreedChange): boolean {
	return [...(before ?? []), ...(after ?? [])].some(({ participants }) => participants.length > 0);
}

/** The address that the calendar is known by; replies and answers go there. */
function organizerOf(account: string, { email, name }: { readonly email: string; readonly name: string | null }) {
	return { email: isMailAddress(account) ? account : email, name };
}

/** As much of it as fits into a thread with the longest address. */
function uidOf({ events }: Invitation): string {
	return (events[0]?.uid ?? "").slice(0, 245);
}

function threadOf(invitation: Invitation): string {
	return `${invitation.recipient.email.toLowerCase()} ${uidOf(invitation)}`;
}

/**
 * By UID, at least so high is SEQUENCE in the mails of this change. An event and its occurrences have one SEQUENCE for all
 * their guests, which rises where one of them has been told before (RFC 5546 §2.1.4): mail programs follow only what has
 * a higher one. Who alone is told for the first time gets the present one.
 */
async function leastSequences(
	tx: Transaction<Database>,
	userId: string,
	invitations: readonly Invitation[],
): Promise<ReadonlyMap<string, number>> {
	const last = await tx
		.selectFrom("mailed_sequences")
		.select(["uid", "sequence"])
		.where("user_id", "=", userId)
		.where("uid", "in", [...new Set(invitations.map(uidOf))])
		.execute();
	if (last.length === 0) return new Map();
	const told = await tx
		.selectFrom("mails")
		.select("thread")
		.distinct()
		.where("user_id", "=", userId)
		.where("thread", "in", [...new Set(invitations.map(threadOf))])
		.execute();
	const threads = new Set(told.map(({ thread }) => thread));
	const isTold = (one: Invitation) => one.kind !== "invitation" || threads.has(threadOf(one));
	const again = new Set(invitations.filter(isTold).map(uidOf));
	return new Map(last.map(({ uid, sequence }) => [uid, sequence + (again.has(uid) ? 1 : 0)]));
}

async function noteSequences(
	tx: Transaction<Database>,
	userId: string,
	sent: readonly { readonly uid: string; readonly sequence: number }[],
	now: number,
): Promise<void> {
	const highest = new Map<string, number>();
	for (const { uid, sequence } of sent) highest.set(uid, Math.max(sequence, highest.get(uid) ?? 0));
	for (const [uid, sequence] of highest) {
		const row = { sequence, updated_at: new Date(now) };
		await tx
			.insertInto("mailed_sequences")
			.values({ user_id: userId, uid, ...row })
			.onConflict((conflict) => conflict.columns(["user_id", "uid"]).doUpdateSet(row))
			.execute();
	}
}
