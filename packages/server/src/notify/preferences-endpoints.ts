import { endpoint } from "../http/endpoint.ts";
import {
	NotificationPreferencesPatchSchema,
	NotificationPreferencesSchema,
	notificationPreferencesOf,
	readNotificationPreferences,
} from "./preferences.ts";

export const getNotificationPreferences = endpoint({
	method: "GET",
	path: "/v1/notification-preferences",
	operationId: "getNotificationPreferences",
	summary: "What you want to be told of, and how",
	tag: "notifications",
	access: { kind: "user", scope: "read" },
	responses: { 200: NotificationPreferencesSchema },
	async handle({ services, principal }) {
		return { status: 200, body: await readNotificationPreferences(services.db, principal.userId) };
	},
});

export const patchNotificationPreferences = endpoint({
	method: "PATCH",
	path: "/v1/notification-preferences",
	operationId: "updateNotificationPreferences",
	summary: "Change what you want to be told of",
	description: "What is left out stays.",
	tag: "notifications",
	access: { kind: "user", scope: "write" },
	body: NotificationPreferencesPatchSchema,
	responses: { 200: NotificationPreferencesSchema },
	async handle({ services, principal, body }) {
		const { userId } = principal;
		const content = await services.db.transaction().execute(async (tx) => {
			await tx
				.insertInto("notification_preferences")
				.values({ user_id: userId, content: "{}" })
				.onConflict((conflict) => conflict.doNothing())
				.execute();
			const stored = await tx
				.selectFrom("notification_preferences")
				.select("content")
				.where("user_id", "=", userId)
				.forUpdate()
				.executeTakeFirstOrThrow();
			const next = { ...stored.content, ...body };
			await tx
				.updateTable("notification_preferences")
				.set({ content: JSON.stringify(next) })
				.where("user_id", "=", userId)
				.execute();
			return next;
		});
		return { status: 200, body: notificationPreferencesOf(content) };
	},
});
