export type * from "./api.gen.ts";
export type { Event as CalendarEvent } from "./api.gen.ts";
export { KalendsCore, type KalendsOptions } from "./core.ts";
export { type ErrorCode, type FieldFault, KalendsError } from "./errors.ts";
export { Kalends } from "./kalends.ts";
export type { Listing, Page } from "./listing.ts";
export type { NewBooking } from "./resources/bookings.ts";
export type { CalendarPatch } from "./resources/calendars.ts";
export type { ConnectionPatch, Consent, NewConnection } from "./resources/connections.ts";
export type { EditOptions, EventPatch, EventScope, NewEvent } from "./resources/events.ts";
export type { Confirmation, CurrentSession, MePatch, NewKey, NewUser, UserPatch } from "./resources/people.ts";
export type { NewWebhook, WebhookPatch } from "./resources/webhooks.ts";
export {
	type ConnectOptions,
	connectGoogleCalendar,
	getCalendarConnections,
	getUpcomingEvents,
	type ShortcutOptions,
	syncCalendar,
} from "./shortcuts.ts";
export type { StreamOptions, StreamState } from "./stream.ts";
export type { AnswerOf, BodyOf, OperationKey, QueryOf, RequestOptions } from "./transport.ts";
export {
	createWebhookMemory,
	type VerifyOptions,
	verifyWebhook,
	WebhookError,
	type WebhookErrorCode,
	type WebhookMemory,
	type WebhookMessage,
} from "./webhooks.ts";
