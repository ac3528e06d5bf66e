export type CalendarSyntaxReason = "not_a_calendar" | "truncated" | "malformed";

/**
 * The text is no complete calendar: `not_a_calendar` (no BEGIN:VCALENDAR, e.g. a page of HTML), `truncated` (its end is
 * missing) or `malformed` (past the limits of what is read). What was stored from an earlier reading stays valid.
 */
export class CalendarSyntaxError extends Error {
	readonly reason: CalendarSyntaxReason;

	constructor(reason: CalendarSyntaxReason, message: string) {
		super(message);
		this.name = "CalendarSyntaxError";
		this.reason = reason;
	}
}
