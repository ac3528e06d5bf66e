import type { ProviderSettings, SyncCursor } from "../port/provider.ts";
import type { AuthScheme } from "./auth/authenticator.ts";
import type { Scheduling } from "./scheduling.ts";

/** What discovery learned of an account; kept in the clear, so it holds no secret. */
export interface AccountSettings {
	/** The address that the person gave, or that their domain named. */
	readonly server: string;
	/** Where the last discovery began to succeed; searched again when the homes are gone. */
	readonly found: string;
	readonly homeSets: readonly string[];
	/** Calendars given by their own address, where no home set is known. */
	readonly calendars: readonly string[];
	readonly principal: string | null;
	readonly auth: AuthScheme;
	/** The person's own addresses, to recognise them among participants. */
	readonly addresses: readonly string[];
	readonly scheduling: Scheduling;
}

/** What a pull needs to know again of a calendar. */
export interface CalendarSettings {
	readonly url: string;
	/** Does it list sync-collection in its reports? */
	readonly sync: boolean;
	/** As read with the listing, so before the pull. */
	readonly ctag: string | null;
	readonly token: string | null;
	readonly maxResourceSize: number | null;
	readonly addresses: readonly string[];
}

/** How changes were found when the cursor was made (caldav.md §3): by tokens, or by comparing etags. */
export interface CaldavCursor {
	readonly v: 1;
	/** The calendar that it belongs to. */
	readonly calendar: string;
	/** For sync-collection; null: changes are found by comparing etags. */
	readonly token: string | null;
	/** The ctag read before what the cursor stands for was listed. */
	readonly ctag: string | null;
	/** When all etags were last compared, epoch milliseconds. */
	readonly auditedAt: number;
	/** Until then sync-collection is not used, as it was refused or answered wrongly; epoch milliseconds. */
	readonly avoidSyncUntil: number;
	/** Extra comparisons in a row, made because of a moved ctag, that found nothing. */
	readonly vainAudits: number;
	/** Resources whose body could not be had (null: try again) or not be read at this etag, by id. */
	readonly pending: Readonly<Record<string, string | null>>;
}

export const toSettings = (settings: AccountSettings | CalendarSettings): ProviderSettings => ({ ...settings });
export const toCursor = (cursor: CaldavCursor): SyncCursor => ({ ...cursor });

/** Null for what this version did not write; discovery is then done again. */
export function readAccountSettings(settings: ProviderSettings): AccountSettings | null {
	const { server, found, homeSets, calendars, principal, auth, addresses, scheduling } = settings;
	if (!isAddress(server) || !isAddress(found) || !isList(homeSets, isAddress) || !isList(calendars, isAddress))
		return null;
	return {
		server,
		found,
		homeSets,
		calendars,
		principal: isAddress(principal) ? principal : null,
		auth: auth === "basic" || auth === "digest" ? auth : "none",
		addresses: isList(addresses, isText) ? addresses : [],
		scheduling: readScheduling(scheduling),
	};
}

/** Connections that were made before scheduling was asked about have none. */
function readScheduling(value: unknown): Scheduling {
	const known = (key: string): boolean | null => {
		const entry: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : null;
		return typeof entry === "boolean" ? entry : null;
	};
	return { autoSchedule: known("autoSchedule"), outbox: known("outbox") };
}

export function readCalendarSettings(settings: ProviderSettings): CalendarSettings | null {
	const { url, sync, ctag, token, maxResourceSize, addresses } = settings;
	if (!isAddress(url)) return null;
	return {
		url,
		sync: sync === true,
		ctag: isText(ctag) ? ctag : null,
		token: isText(token) ? token : null,
		maxResourceSize: typeof maxResourceSize === "number" ? maxResourceSize : null,
		addresses: isList(addresses, isText) ? addresses : [],
	};
}

/** Null for a cursor of another calendar or version: the pull then compares everything. */
export function readCursor(cursor: SyncCursor | null, calendarId: string): CaldavCursor | null {
	if (cursor === null || cursor.v !== 1 || cursor.calendar !== calendarId) return null;
	const number = (value: unknown) => (typeof value === "number" ? value : 0);
	return {
		v: 1,
		calendar: calendarId,
		token: isText(cursor.token) && cursor.token !== "" ? cursor.token : null,
		ctag: isText(cursor.ctag) ? cursor.ctag : null,
		auditedAt: number(cursor.auditedAt),
		avoidSyncUntil: number(cursor.avoidSyncUntil),
		vainAudits: number(cursor.vainAudits),
		pending: isPending(cursor.pending) ? cursor.pending : {},
	};
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function isAddress(value: unknown): value is string {
	return isText(value) && URL.canParse(value);
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
	return Array.isArray(value) && value.every(isItem);
}

function isPending(value: unknown): value is Readonly<Record<string, string | null>> {
	return (
		typeof value === "object" &&
		value !== null &&
		!Array.isArray(value) &&
		Object.values(value).every((etag) => etag === null || isText(etag))
	);
}
