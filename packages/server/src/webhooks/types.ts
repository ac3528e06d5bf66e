/** Which messages an endpoint is told. */

/** What comes before the dot of a type. */
export const WEBHOOK_GROUPS = [
	"event",
	"occurrence",
	"connection",
	"calendar",
	"booking",
	"payment",
	"webhook",
] as const;

const FILTER = new RegExp(`^(${WEBHOOK_GROUPS.join("|")})\\.(\\*|[a-z][a-z_]{0,60})$`);

/** The message that the test button sends; every endpoint takes it. */
export const TEST_TYPE = "webhook.test";

/** A type, or all of a group: `event.created`, `event.*`. */
export function isTypeFilter(text: string): boolean {
	return FILTER.test(text);
}

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
	// The feed tells of more than that, for the app.
	if (!isTypeFilter(message.type)) return false;
	const group = `${message.type.split(".")[0]}.*`;
	if (types !== null && !types.includes(message.type) && !types.includes(group)) return false;
	return calendars === null || (message.calendarId !== null && calendars.includes(message.calendarId));
}
