import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import type { Services } from "../../services.ts";
import { MAILS_A_DAY, mailsLeft } from "../invitations/budget.ts";
import { invitationsBy } from "../who-mails.ts";
import { isSending, switchMail } from "./switch.ts";

const MailSettingsSchema = z
	.strictObject({
		enabled: z.boolean().describe("A mail server is configured (SMTP_URL)."),
		sending: z.boolean().describe("False: an administrator has stopped it; mails wait."),
		from: z.string().nullable().describe("MAIL_FROM."),
		quota: z.strictObject({
			per_day: z.int().describe("Guests that your changes may mail in 24 hours."),
			left: z.int(),
		}),
		connections: z
			.array(
				z.strictObject({
					connection_id: z.string(),
					invitations_by: z
						.enum(["kalends", "provider", "nobody"])
						.describe("Who tells guests of what you write to its calendars."),
				}),
			)
			.describe("Of your accounts."),
	})
	.meta({ id: "MailSettings" });

export const getMailSettings = endpoint({
	method: "GET",
	path: "/v1/mail-settings",
	operationId: "getMailSettings",
	summary: "Who mails guests, and what may still be mailed",
	tag: "mail",
	access: { kind: "user", scope: "read" },
	responses: { 200: MailSettingsSchema },
	async handle({ services, principal }) {
		return { status: 200, body: await describeMail(services, principal.userId) };
	},
});

export const patchMailSettings = endpoint({
	method: "PATCH",
	path: "/v1/mail-settings",
	operationId: "updateMailSettings",
	summary: "Stop or start all mail of this server",
	description:
		"For administrators. While it is stopped, mails are queued and wait, however long; reminders are given up after two " +
		"hours.",
	tag: "mail",
	access: { kind: "admin" },
	body: z.strictObject({ sending: z.boolean() }),
	responses: { 200: MailSettingsSchema },
	async handle({ services, principal, body }) {
		await switchMail(services.db, body.sending, services.now());
		return { status: 200, body: await describeMail(services, principal.userId) };
	},
});

async function describeMail(
	services: Pick<Services, "config" | "db" | "providers" | "now">,
	userId: string,
): Promise<z.infer<typeof MailSettingsSchema>> {
	const { config, db, providers, now } = services;
	const [sending, left, calendars] = await Promise.all([
		isSending(db),
		mailsLeft(db, userId, now()),
		db
			.selectFrom("connections as n")
			.leftJoin("calendars as c", (join) =>
				join.onRef("c.user_id", "=", "n.user_id").onRef("c.connection_id", "=", "n.id"),
			)
			.select(["n.id", "n.provider"])
			.select((eb) => eb.fn<boolean | null>("bool_or", ["c.sends_invitations"]).as("sends"))
			.where("n.user_id", "=", userId)
			.groupBy(["n.id", "n.provider"])
			.orderBy("n.id")
			.execute(),
	]);
	const from = config.mail?.from;
	return {
		enabled: config.mail !== null,
		sending,
		from: from === undefined ? null : from.name === null ? from.address : `${from.name} <${from.address}>`,
		quota: { per_day: MAILS_A_DAY, left: Math.max(0, left.soft) },
		connections: calendars.map(({ id, provider, sends }) => ({
			connection_id: id,
			invitations_by: invitationsBy(config, providers.get(provider), { sends_invitations: sends === true }),
		})),
	};
}
