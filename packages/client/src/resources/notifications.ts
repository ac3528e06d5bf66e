import type { Mail, MailSettings, Notification, NotificationPreferences } from "../api.gen.ts";
import type { BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

/** What a person is told of in the app: reminders, and what is wrong with an account or a calendar. */
export class Notifications extends Resource {
	list(query: QueryOf<"GET /v1/notifications"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/notifications", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<Notification> {
		return this.transport.call("GET /v1/notifications/{id}", { path: { id } }, options);
	}

	dismiss(id: string, options?: RequestOptions) {
		return this.transport.call("POST /v1/notifications/{id}/dismiss", { path: { id } }, options);
	}

	dismissAll(options?: RequestOptions) {
		return this.transport.call("POST /v1/notifications/dismiss", {}, options);
	}

	snooze(id: string, until: BodyOf<"POST /v1/notifications/{id}/snooze">, options?: RequestOptions) {
		return this.transport.call("POST /v1/notifications/{id}/snooze", { path: { id }, body: until }, options);
	}

	preferences(options?: RequestOptions): Promise<NotificationPreferences> {
		return this.transport.call("GET /v1/notification-preferences", {}, options);
	}

	updatePreferences(
		patch: BodyOf<"PATCH /v1/notification-preferences">,
		options?: RequestOptions,
	): Promise<NotificationPreferences> {
		return this.transport.call("PATCH /v1/notification-preferences", { body: patch }, options);
	}
}

/** What was mailed for a person; whether mail is sent at all is for administrators. */
export class Mails extends Resource {
	list(query: QueryOf<"GET /v1/mails"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/mails", { query }, options);
	}

	retry(id: string, options?: RequestOptions): Promise<Mail> {
		return this.transport.call("POST /v1/mails/{id}/retry", { path: { id } }, options);
	}

	settings(options?: RequestOptions): Promise<MailSettings> {
		return this.transport.call("GET /v1/mail-settings", {}, options);
	}

	updateSettings(patch: BodyOf<"PATCH /v1/mail-settings">, options?: RequestOptions): Promise<MailSettings> {
		return this.transport.call("PATCH /v1/mail-settings", { body: patch }, options);
	}
}
