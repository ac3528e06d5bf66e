import type { CalendarEvent } from "@kalends/model";
import type { HttpTransport } from "../port/http.ts";
import type { AccessTokens } from "../port/oauth.ts";
import type { CalendarProvider, ConnectInput } from "../port/provider.ts";

/** What a provider brings to `providerContract`: itself, and the other side under the test's control. */
export interface ContractHarness {
	readonly provider: CalendarProvider;
	/** What is handed to the provider as its network. */
	readonly http: HttpTransport;
	/** An event without what the other side gives it by itself, such as a UID; the same event where it gives nothing. */
	comparable?(event: CalendarEvent): CalendarEvent;
	/** A new account on the other side, without calendars. */
	makeAccount(): Promise<ContractAccount>;
	close?(): Promise<void>;
}

/** One account on the other side. Of a member that is missing the suite is told by `lacks`. */
export interface ContractAccount {
	readonly input: ConnectInput;
	/** Of accounts that are signed in to by OAuth. */
	readonly tokens?: AccessTokens;
	/** Each must be refused as `auth_revoked`. Empty where the other side asks for nothing. */
	readonly wrongInputs: readonly ConnectInput[];
	/** Answers the id under which `listCalendars` shows it. Feeds: called once. */
	createCalendar(name: string): Promise<string>;
	deleteCalendar?(calendarId: string): Promise<void>;
	/** Creates or replaces the one resource that holds this UID. */
	put(calendarId: string, uid: string, ics: string): Promise<void>;
	/** `put` of many at once, where that is faster. */
	putMany?(calendarId: string, resources: readonly { readonly uid: string; readonly ics: string }[]): Promise<void>;
	remove(calendarId: string, uid: string): Promise<void>;
	/** Makes the resource of this UID unreadable: its body is no iCalendar. */
	putBroken?(calendarId: string, uid: string): Promise<void>;
	/** From now on no cursor given out so far is accepted. */
	expireCursors?(calendarId: string): Promise<void>;
	/** Gives every resource a new etag over unchanged content. */
	changeEtags?(calendarId: string): Promise<void>;
	/** From now on the credentials of `input` are refused. */
	revokeCredentials?(): Promise<void>;
	/** For providers that write. */
	readonly write?: WrittenSide;
}

/** What another client does to resources, by their ids at the port. */
export interface WrittenSide {
	/** The body that is stored now; null where there is none. */
	stored(calendarId: string, id: string): Promise<string | null>;
	replace(calendarId: string, id: string, ics: string): Promise<void>;
	erase(calendarId: string, id: string): Promise<void>;
	/** The next such write has its effect and no answer; only where writes do not travel over `http`. */
	loseAnswer?(operation: WriteEffect): void;
}

export type WriteEffect = "create" | "update" | "move" | "remove";

/** What not every other side can do. */
export type ContractAbility =
	| "wrongInputs"
	| "deleteCalendar"
	| "putBroken"
	| "expireCursors"
	| "changeEtags"
	| "revokeCredentials"
	| "write"
	/** Stores every text as it was sent, also backslashes before letters, and commas in categories. */
	| "escapes"
	/** A body is iCalendar text and is kept as it was sent, also what no field of an event stands for. */
	| "icalendar"
	/** An event that goes and an equal one that comes under another UID are two; where not, they are one that stays. */
	| "uids"
	/** Refuses a second creation of one draft; where not, only looking for the first one keeps it from being made twice. */
	| "uniqueDrafts";

export interface ContractOptions {
	/** Abilities that the other side does not have; the tests that need them are not part of the suite. */
	readonly lacks?: readonly ContractAbility[];
	/** True where the provider itself moves resources between calendars (`ResourceWriter.move`). */
	readonly moves?: true;
	/** True where a resource tells which draft made it (`RemoteResource.draftKey`). */
	readonly keepsDraftKeys?: true;
	/** False where an account is one calendar (feeds). Default true. */
	readonly severalCalendars?: boolean;
	/** How many resources the paging test stores. Default 260: more than a page. */
	readonly manyResources?: number;
	/** Runs of the property test. Default 25. */
	readonly propertyRuns?: number;
}
