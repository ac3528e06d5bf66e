import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import { Problem } from "../../http/errors.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../../http/paging.ts";
import { notFound } from "../../http/problem.ts";
import { MAIL_COLUMNS, MailParams, MailSchema, MailStateSchema, mailToWire } from "../schemas.ts";
import { GIVE_UP_AFTER_MS } from "./queue.ts";

export const listMails = endpoint({
	method: "GET",
	path: "/v1/mails",
	operationId: "listMails",
	summary: "List the mails that were sent for you",
	description:
		"The delivery log, newest first: invitations to guests, reminders and notices. Kept for 60 days; what a mail says is " +
		"kept until it was delivered, and is not shown.",
	tag: "mail",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...pageQuery,
		state: MailStateSchema.optional(),
		event_id: z.string().max(200).optional().describe("Only about this event or occurrence."),
	}),
	responses: { 200: listOf(MailSchema) },
	async handle({ services, principal, query }) {
		const before = readCursor(query.cursor, z.string().max(100));
		let select = services.db
			.selectFrom("mails")
			.select(MAIL_COLUMNS)
			.where("user_id", "=", principal.userId)
			.orderBy("id", "desc")
			.limit(query.limit + 1);
		if (before !== undefined) select = select.where("id", "<", before);
		if (query.state !== undefined) select = select.where("state", "=", query.state);
		if (query.event_id !== undefined) select = select.where("event_id", "=", query.event_id);
		return { status: 200, body: pageOf(await select.execute(), query.limit, (row) => row.id, mailToWire) };
	},
});

export const retryMail = endpoint({
	method: "POST",
	path: "/v1/mails/:id/retry",
	operationId: "retryMail",
	summary: "Try to deliver a mail again",
	description: "One that failed is queued again, one that waits is tried at once. 409 where it was delivered.",
	tag: "mail",
	access: { kind: "user", scope: "write", ids: { id: "mail" } },
	params: MailParams,
	responses: { 200: MailSchema },
	async handle({ services, principal, params }) {
		const { userId } = principal;
		const now = services.now();
		const row = await services.db.transaction().execute(async (tx) => {
			const found = await tx
				.selectFrom("mails")
				.select(["state", "content"])
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.forUpdate()
				.executeTakeFirst();
			if (found === undefined) throw notFound("mail");
			if (found.state === "sent" || found.content === null) {
				throw new Problem("conflict", "This mail was delivered to the mail server.", {
					fix: "Change the event, or write to the guest yourself.",
				});
			}
			const updated = await tx
				.updateTable("mails")
				.set({
					state: "queued",
					attempts: 0,
					next_attempt_at: new Date(now),
					give_up_at: new Date(now + GIVE_UP_AFTER_MS),
				})
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.returning(MAIL_COLUMNS)
				.executeTakeFirstOrThrow();
			await services.jobs.send("mail.send", { user_id: userId }, { transaction: tx, key: userId, owner: userId });
			return updated;
		});
		return { status: 200, body: mailToWire(row) };
	},
});
