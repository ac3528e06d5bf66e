import type { ChangeType } from "../changes/append-changes.ts";

/** Which messages an endpoint is told. */

/** The message that the test button sends; every endpoint takes it. */
export const TEST_TYPE = "webhook.test";

/** The feed tells the app of more than that. */
type FeedType = Exclude<ChangeType, `notification.${string}`>;

/** What is told beside the feed. */
type AnnouncedType =
	| "event.conflict"
	| "occurrence.reminder"
	| "calendar.paused"
	| "connection.reauth_required"
	| "booking.held"
	| "booking.confirmed"
	| "booking.released"
	| "booking.conflict"
	| "booking.cancelled"
	| "payment.problem";

export type WebhookType = FeedType | AnnouncedType | typeof TEST_TYPE;

const TYPES: Readonly<Record<WebhookType, true>> = {
	"event.created": true,
	"event.updated": true,
	"event.deleted": true,
	"event.conflict": true,
	"occurrence.reminder": true,
	"calendar.created": true,
	"calendar.updated": true,
	"calendar.synced": true,
	"calendar.deleted": true,
	"calendar.paused": true,
	"connection.created": true,
	"connection.updated": true,
	"connection.deleted": true,
	"connection.reauth_required": true,
	"booking.held": true,
	"booking.confirmed": true,
	"booking.released": true,
	"booking.conflict": true,
	"booking.cancelled": true,
	"payment.problem": true,
	"webhook.updated": true,
	[TEST_TYPE]: true,
};

/** A type, or all of a group: `event.created`, `event.*`. */
export type WebhookFilter = WebhookType | GroupOf<WebhookType>;
type GroupOf<Type> = Type extends `${infer Group}.${string}` ? `${Group}.*` : never;

const TYPE_NAMES = Object.keys(TYPES) as WebhookType[];
const groupOf = (type: string) => `${type.split(".")[0]}.*`;

/** All that `types` of an endpoint may hold: each group before its types. */
export const WEBHOOK_FILTERS = [...new Set(TYPE_NAMES.flatMap((type) => [groupOf(type), type]))] as WebhookFilter[];

export interface MessageFilter {
	/** Null: all. */
	readonly types: readonly string[] | null;
	/** Null: all, and what is about no calendar. */
	readonly calendar_ids: readonly string[] | null;
}

export function takes(
	filter: MessageFilter,
	message: { readonly type: string; readonly calendarId: string | null },
): boolean {
	const { types, calendar_ids: calendars } = filter;
	if (!Object.hasOwn(TYPES, message.type)) return false;
	if (types !== null && !types.includes(message.type) && !types.includes(groupOf(message.type))) return false;
	return calendars === null || (message.calendarId !== null && calendars.includes(message.calendarId));
}
