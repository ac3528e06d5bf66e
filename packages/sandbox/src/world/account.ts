import type { Reminders } from "./event-record.ts";

export interface NotificationSetting {
	readonly type: string;
	readonly method: string;
}

/** A calendar in a person's list, with what the person sees it as. */
export interface ListEntry {
	readonly calendarId: string;
	readonly colorId: string;
	readonly backgroundColor: string;
	readonly foregroundColor: string;
	readonly summaryOverride: string | undefined;
	readonly hidden: boolean;
	readonly selected: boolean;
	readonly defaultReminders: NonNullable<Reminders["overrides"]>;
	readonly notifications: readonly NotificationSetting[];
	readonly deleted: boolean;
	readonly revision: number;
	readonly order: number;
	readonly etag: string;
}

export interface Account {
	/** Also the id of its primary calendar. */
	readonly email: string;
	/** Never changes and is never reused, unlike the address. */
	readonly sub: string;
	readonly name: string;
	readonly timeZone: string;
	readonly hostedDomain: string | undefined;
	/** By calendar id. */
	readonly list: Map<string, ListEntry>;
	readonly settings: Map<string, string>;
	settingsRevision: number;
	/** Revision before which sync tokens of the calendar list no longer count. */
	listTokensFrom: number;
}
