import type { CalendarEvent } from "@kalends/model";
import type { ConnectionsTable } from "../../db/schema.ts";
import { mailedAddresses } from "../../events/write/mails.ts";
import type { Services } from "../../services.ts";
import { type InvitationSender, invitationsBy } from "../who-mails.ts";
import { type MailsLeft, mailsLeft, requireMailBudget } from "./budget.ts";
import { planInvitations } from "./plan.ts";

/** The calendar of a write, as far as it decides who tells guests of it. */
export interface InvitationPlace {
	readonly calendar: { readonly sends_invitations: boolean };
	readonly connection: Pick<ConnectionsTable, "provider">;
}

/** All events of what a write touches, of any number of UIDs. */
export interface WriteChange {
	readonly before: readonly CalendarEvent[];
	readonly after: readonly CalendarEvent[];
	/** The person's addresses, lower case. */
	readonly own: ReadonlySet<string>;
}

/** What there is to know before a write of who would be told of it, and whether that may be. */
export interface Telling {
	/** Addresses that would get a mail because of a change, whoever sends it. */
	told(place: InvitationPlace, change: WriteChange): readonly string[];
	/** @throws Problem `too_many_recipients`, `mail_quota_exceeded` */
	requireBudget(place: InvitationPlace, change: WriteChange): void;
}

/** To be made before the transaction of the write. */
export async function tellingOf(
	{ config, providers, db, now }: Pick<Services, "config" | "providers" | "db" | "now">,
	userId: string,
): Promise<Telling> {
	const left: MailsLeft | null = config.mail === null ? null : await mailsLeft(db, userId, now());
	const senderOf = ({ calendar, connection }: InvitationPlace): InvitationSender =>
		invitationsBy(config, providers.get(connection.provider), calendar);
	return {
		told(place, change) {
			const sender = senderOf(place);
			if (sender === "nobody") return [];
			const { before, after, own } = change;
			const byProvider = place.calendar.sends_invitations ? mailedAddresses(before, after, own) : [];
			if (sender === "provider") return byProvider;
			const guests = mailedByKalends(change);
			// Answers to what others organize go by the provider still.
			const answers = byProvider.filter((email) => isOrganizerElsewhere(email, change));
			return [...new Set([...guests, ...answers])].sort();
		},
		requireBudget(place, change) {
			if (senderOf(place) === "kalends") requireMailBudget(mailedByKalends(change).length, left);
		},
	};
}

function mailedByKalends({ before, after, own }: WriteChange): readonly string[] {
	const uids = new Set([...before, ...after].map(({ uid }) => uid));
	const emails = [...uids].flatMap((uid) => {
		const was = before.filter((event) => event.uid === uid);
		const is = after.filter((event) => event.uid === uid);
		const invitations = planInvitations(was.length > 0 ? was : null, is.length > 0 ? is : null, own);
		return invitations.map(({ recipient }) => recipient.email);
	});
	return [...new Set(emails)];
}

function isOrganizerElsewhere(email: string, { before, after, own }: WriteChange): boolean {
	const events = [...before, ...after];
	return events.some(({ participants }) =>
		participants.some((one) => one.organizer && !one.self && !own.has(one.email.toLowerCase()) && one.email === email),
	);
}
