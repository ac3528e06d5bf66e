import { notFound, requiredAccessLevel } from "../http/google-error.ts";
import type { Query } from "../http/query.ts";
import type { Json, JsonObject } from "../json.ts";
import { insufficientScopes } from "../oauth/scopes.ts";
import type { Account } from "../world/account.ts";
import { type AccessRole, atLeast, type Calendar } from "../world/calendar.ts";
import type { World } from "../world/world.ts";

/** Whom a call is made for. */
export interface Caller {
	readonly account: Account;
	/** Null: the control API, in the account's name. */
	readonly clientId: string | null;
	/** Last parts of granted scopes, `calendar.events`; null: all. */
	readonly scopes: ReadonlySet<string> | null;
}

/** A call of the Calendar API, after its token was judged. */
export interface Call {
	readonly world: World;
	readonly caller: Caller;
	/** Of the path. */
	readonly params: Readonly<Record<string, string>>;
	readonly query: Query;
	/** Empty where the request had none. */
	readonly body: JsonObject;
	readonly header: (name: string) => string | null;
	/** Path and query as they came, for `resourceUri`. */
	readonly path: string;
}

export interface Answer {
	/** 200 unless told; 204 where there is no body. */
	readonly status?: number;
	readonly body?: Json;
	readonly etag?: string;
}

export interface OpenCalendar {
	readonly calendar: Calendar;
	readonly role: AccessRole;
}

/** The role of an account in a calendar; null: it cannot see it. */
export function roleIn(calendar: Calendar, account: Account): AccessRole | null {
	const own = calendar.acl.get(account.email.toLowerCase()) ?? null;
	const everybody = calendar.acl.get("default") ?? null;
	return atLeast(own, everybody ?? "freeBusyReader") ? own : everybody;
}

/**
 * The calendar that a path names, `primary` too, with the role that the caller has in it by rights and scopes.
 *
 * @throws GoogleError 404 where there is none that the caller can see, 403 where the scopes do not reach it
 */
export function openCalendar(call: Pick<Call, "world" | "caller">, id: string): OpenCalendar {
	const { account, scopes, clientId } = call.caller;
	const calendar = call.world.calendars.get(id === "primary" ? account.email : id);
	const role = calendar === undefined || calendar.deleted ? null : roleIn(calendar, account);
	if (calendar === undefined || role === null) throw notFound();
	if (scopes === null) return { calendar, role };
	const has = (...names: readonly string[]): boolean => names.some((name) => scopes.has(name));
	if (has("calendar", "calendar.events", "calendar.readonly", "calendar.events.readonly", "calendar.calendars")) {
		return { calendar, role };
	}
	if (has("calendar.calendars.readonly", "calendar.acls", "calendar.acls.readonly")) return { calendar, role };
	if (has("calendar.events.owned", "calendar.events.owned.readonly") && role === "owner") return { calendar, role };
	if (has("calendar.app.created") && calendar.createdBy === clientId) return { calendar, role };
	if (has("calendar.events.public.readonly") && calendar.acl.has("default")) return { calendar, role };
	if (has("calendar.events.freebusy")) return { calendar, role: "freeBusyReader" };
	throw insufficientScopes();
}

/** @throws GoogleError 403 `requiredAccessLevel` */
export function requireRole(open: OpenCalendar, role: "writer" | "owner"): void {
	// Without access to private events everything else can still be written.
	const enough = role === "writer" ? "writerWithoutPrivateAccess" : role;
	if (!atLeast(open.role, enough)) throw requiredAccessLevel(role);
}
