import { z } from "zod";
import { appendChanges } from "../../changes/append-changes.ts";
import { endpoint } from "../../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../../http/paging.ts";
import { NotificationParams, NotificationSchema, notificationToWire } from "../schemas.ts";
import { changeNotification, findNotification } from "./state.ts";

const MINUTE = 60_000;
const LONGEST_SNOOZE = 40_320;

export const listNotifications = endpoint({
	method: "GET",
	path: "/v1/notifications",
	operationId: "listNotifications",
	summary: "List what you are told of",
	description:
		"Reminders, and what you have to know of accounts, calendars and changes; newest first. Unless `state` says otherwise, " +
		"what is neither snoozed nor dismissed. The change feed and the stream tell of new ones as `notification.created`.",
	tag: "notifications",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...pageQuery,
		state: z.enum(["active", "snoozed", "dismissed", "all"]).default("active"),
	}),
	responses: { 200: listOf(NotificationSchema) },
	async handle({ services, principal, query }) {
		const before = readCursor(query.cursor, z.string().max(100));
		let select = services.db
			.selectFrom("notifications")
			.selectAll()
			.where("user_id", "=", principal.userId)
			.orderBy("id", "desc")
			.limit(query.limit + 1);
		if (before !== undefined) select = select.where("id", "<", before);
		if (query.state !== "all") select = select.where("state", "=", query.state);
		return { status: 200, body: pageOf(await select.execute(), query.limit, (row) => row.id, notificationToWire) };
	},
});

export const getNotification = endpoint({
	method: "GET",
	path: "/v1/notifications/:id",
	operationId: "getNotification",
	summary: "Read one of what you are told of",
	tag: "notifications",
	access: { kind: "user", scope: "read", ids: { id: "notification" } },
	params: NotificationParams,
	responses: { 200: NotificationSchema },
	async handle({ services, principal, params }) {
		const row = await findNotification(services.db, principal.userId, params.id);
		return { status: 200, body: notificationToWire(row) };
	},
});

export const snoozeNotification = endpoint({
	method: "POST",
	path: "/v1/notifications/:id/snooze",
	operationId: "snoozeNotification",
	summary: "Be told again later",
	tag: "notifications",
	access: { kind: "user", scope: "write", ids: { id: "notification" } },
	params: NotificationParams,
	body: z.strictObject({ minutes: z.int().min(1).max(LONGEST_SNOOZE).describe("From now, four weeks at the most.") }),
	responses: { 200: NotificationSchema },
	async handle({ services, principal, params, body }) {
		const until = new Date(services.now() + body.minutes * MINUTE);
		const key = { userId: principal.userId, id: params.id };
		return { status: 200, body: notificationToWire(await changeNotification(services, key, "snoozed", until)) };
	},
});

export const dismissNotification = endpoint({
	method: "POST",
	path: "/v1/notifications/:id/dismiss",
	operationId: "dismissNotification",
	summary: "Be done with it",
	tag: "notifications",
	access: { kind: "user", scope: "write", ids: { id: "notification" } },
	params: NotificationParams,
	responses: { 200: NotificationSchema },
	async handle({ services, principal, params }) {
		const key = { userId: principal.userId, id: params.id };
		return { status: 200, body: notificationToWire(await changeNotification(services, key, "dismissed")) };
	},
});

/** Of one slice of the feed at the most (design §3). */
const MOST_AT_ONCE = 250;

export const dismissNotifications = endpoint({
	method: "POST",
	path: "/v1/notifications/dismiss",
	operationId: "dismissNotifications",
	summary: "Be done with all that is shown",
	description: "The oldest 250 of those that are active; `dismissed` says how many.",
	tag: "notifications",
	access: { kind: "user", scope: "write" },
	responses: { 200: z.object({ dismissed: z.int() }) },
	async handle({ services, principal }) {
		const { userId } = principal;
		const dismissed = await services.db.transaction().execute(async (tx) => {
			const rows = await tx
				.updateTable("notifications")
				.set({ state: "dismissed", snoozed_until: null })
				.where("user_id", "=", userId)
				.where("id", "in", (eb) =>
					eb
						.selectFrom("notifications")
						.select("id")
						.where("user_id", "=", userId)
						.where("state", "=", "active")
						.orderBy("id")
						.limit(MOST_AT_ONCE),
				)
				.returning("id")
				.execute();
			const entries = rows.map(({ id }) => ({ type: "notification.updated", id, fields: ["state"] }) as const);
			await appendChanges(tx, userId, services.now(), entries);
			return rows.length;
		});
		return { status: 200, body: { dismissed } };
	},
});
