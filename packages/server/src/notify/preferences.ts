import type { Reminder } from "@kalends/model";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Database } from "../db/schema.ts";

/** What a person wants to be told of, and how. */
export interface NotificationPreferences {
	/** Reminders of the method `popup`. */
	readonly reminders_in_app: boolean;
	/** Reminders of the method `email`. */
	readonly reminders_by_email: boolean;
	/** Every reminder, as `occurrence.reminder`. */
	readonly reminders_by_webhook: boolean;
	/** Of events that use their calendar's default, where the calendar has none. */
	readonly default_reminders: readonly Reminder[];
	/** What a person has to know of accounts and calendars, by mail besides. */
	readonly notices_by_email: boolean;
}

export const MOST_MINUTES = 40_320;

const reminder = z.strictObject({
	method: z.enum(["popup", "email"]),
	minutes: z.int().min(0).max(MOST_MINUTES).describe("Before the start, four weeks at the most."),
});

const fields = {
	reminders_in_app: z.boolean().describe("Reminders of the method popup, in the app."),
	reminders_by_email: z.boolean().describe("Reminders of the method email, by mail."),
	reminders_by_webhook: z.boolean().describe("Every reminder as occurrence.reminder to your webhooks."),
	default_reminders: z
		.array(reminder)
		.max(5)
		.describe("Of events that use their calendar's default reminders, where the calendar has none."),
	notices_by_email: z.boolean().describe("What you have to know of accounts and calendars, by mail besides."),
};

export const NotificationPreferencesSchema = z.strictObject(fields).meta({ id: "NotificationPreferences" });
export const NotificationPreferencesPatchSchema = z.strictObject(fields).partial();

const DEFAULTS: NotificationPreferences = {
	reminders_in_app: true,
	reminders_by_email: true,
	reminders_by_webhook: true,
	default_reminders: [],
	notices_by_email: true,
};

/** @param stored what differs from the defaults; what this version does not know is left alone */
export function notificationPreferencesOf(stored: object | null): NotificationPreferences {
	const known = Object.entries(fields).flatMap(([name, schema]) => {
		const value = schema.safeParse((stored as Record<string, unknown> | null)?.[name]);
		return value.success ? [[name, value.data]] : [];
	});
	return { ...DEFAULTS, ...Object.fromEntries(known) };
}

export async function readNotificationPreferences(
	db: Kysely<Database>,
	userId: string,
): Promise<NotificationPreferences> {
	const row = await db
		.selectFrom("notification_preferences")
		.select("content")
		.where("user_id", "=", userId)
		.executeTakeFirst();
	return notificationPreferencesOf(row?.content ?? null);
}
