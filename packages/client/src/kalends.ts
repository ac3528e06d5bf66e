import type { Change, Instance } from "./api.gen.ts";
import { KalendsCore, type KalendsOptions } from "./core.ts";
import { Admin } from "./resources/admin.ts";
import { Bookings } from "./resources/bookings.ts";
import { Calendars } from "./resources/calendars.ts";
import { Changes } from "./resources/changes.ts";
import { Connections } from "./resources/connections.ts";
import { Events } from "./resources/events.ts";
import { Mails, Notifications } from "./resources/notifications.ts";
import { ApiKeys, Myself, Sessions, Users } from "./resources/people.ts";
import { Webhooks } from "./resources/webhooks.ts";
import { followChanges, type StreamOptions } from "./stream.ts";
import type { RequestOptions } from "./transport.ts";

/**
 * A Kalends server. In a page that the server itself delivers it needs nothing: the session cookie counts.
 *
 *     const kalends = new Kalends({ url: "https://calendar.example.com", apiKey: process.env.KALENDS_KEY });
 *     for await (const event of kalends.events.upcoming()) …
 *
 * Every method rejects with a `KalendsError`, or with the reason of the signal that ended it.
 */
export class Kalends extends KalendsCore {
	readonly connections: Connections;
	readonly calendars: Calendars;
	readonly events: Events;
	readonly changes: Changes;
	readonly me: Myself;
	readonly sessions: Sessions;
	readonly apiKeys: ApiKeys;
	readonly users: Users;
	readonly bookings: Bookings;
	readonly webhooks: Webhooks;
	readonly notifications: Notifications;
	readonly mails: Mails;
	readonly admin: Admin;

	constructor(options: KalendsOptions = {}) {
		super(options);
		const { transport } = this;
		this.connections = new Connections(transport);
		this.calendars = new Calendars(transport);
		this.events = new Events(transport);
		this.changes = new Changes(transport);
		this.me = new Myself(transport);
		this.sessions = new Sessions(transport);
		this.apiKeys = new ApiKeys(transport);
		this.users = new Users(transport);
		this.bookings = new Bookings(transport);
		this.webhooks = new Webhooks(transport);
		this.notifications = new Notifications(transport);
		this.mails = new Mails(transport);
		this.admin = new Admin(transport);
	}

	/**
	 * Each change of the user's calendars as it happens, once, in order and without gaps, however often the connection
	 * breaks: `for await (const change of kalends.stream({ after, signal })) …`
	 *
	 * @throws KalendsError `gone` where it cannot go on behind `after`: list everything again
	 */
	stream(options: StreamOptions = {}): AsyncGenerator<Change, void, undefined> {
		return followChanges(this.transport, options);
	}

	/** What can be done here before signing in: whether people can sign up, whether Google is set up. */
	instance(options?: RequestOptions): Promise<Instance> {
		return this.transport.call("GET /v1/instance", {}, options);
	}
}
