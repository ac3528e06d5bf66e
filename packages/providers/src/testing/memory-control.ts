import type { CalendarEvent } from "@kalends/model";
import type { ProviderFailure } from "../port/failure.ts";
import type { ConnectInput, RemoteCalendar, RemoteResource } from "../port/provider.ts";
import type { EffectOperation, PerformedWrite, WriteOperation } from "./memory-writer.ts";

export type MemoryOperation = "connect" | "list" | "pull" | WriteOperation;

/** A place at which calls wait. */
export interface MemoryGate {
	/** Resolves when one waits. */
	readonly reached: Promise<void>;
	release(): void;
}

/** The other side, under the test's control. Ids of calendars are unique over all accounts. */
export interface MemoryControl {
	/** Makes an account; connect with its user name and password. */
	addAccount(username: string, password: string): ConnectInput;
	setPassword(username: string, password: string): void;
	/** Answers the calendar's id. */
	createCalendar(username: string, properties?: Partial<Omit<RemoteCalendar, "version">>): string;
	/** Name, colour, zone or access as the next listing tells them. */
	changeCalendar(calendarId: string, properties: Partial<Omit<RemoteCalendar, "id" | "version">>): void;
	deleteCalendar(calendarId: string): void;
	/**
	 * Stores an iCalendar body as the resource that holds `uid`, or as a new one of that id; one that cannot be parsed
	 * is listed and never delivered.
	 */
	put(calendarId: string, uid: string, ics: string): void;
	/** Stores these events as they are. */
	putEvents(calendarId: string, uid: string, events: readonly CalendarEvent[], raw?: string): void;
	/** Removes the resource that holds `uid`, or has it as its id. */
	remove(calendarId: string, uid: string): void;
	removeAll(calendarId: string): void;
	/** No cursor given out so far is accepted any more. */
	expireCursors(calendarId: string): void;
	/** New etags over unchanged content. */
	changeEtags(calendarId: string): void;
	/** What is stored now, in the order of the last changes. */
	resources(calendarId: string): readonly RemoteResource[];
	/** What the writer did, in order. */
	readonly performed: readonly PerformedWrite[];
	/** The next such call fails before it has an effect; a pull does so after `afterPages` pages (default 0). */
	failNext(operation: MemoryOperation, failure: ProviderFailure, afterPages?: number): void;
	/** The next such call has its effect, and then fails (default: the connection was lost). */
	loseAnswer(operation: EffectOperation, failure?: ProviderFailure): void;
	/** Every pull waits before each page until released. */
	hold(): MemoryGate;
	/** Every such call waits, before its effect or after it, until released. */
	holdWrites(operation: WriteOperation, when?: "before" | "after"): MemoryGate;
	/** Writes are stored with a property more, and answered without an etag. */
	setRewrites(rewrites: boolean): void;
	setPageSize(size: number): void;
	/** What the last page of a pull asks for. */
	setRefreshAfter(seconds: number | undefined): void;
	/** How often each operation was called. */
	readonly calls: Readonly<Record<MemoryOperation, number>>;
}
