import { resolveTzid } from "@kalends/model";
import type { CalendarAccess } from "../../port/provider.ts";
import { isSameCollection, resolveLink } from "../href.ts";
import { type DavResponse, prop, propHrefs, propText } from "../xml/multistatus.ts";
import { A, C, CALDAV, CS, D, isNamed, keyOf } from "../xml/names.ts";
import { child } from "../xml/reader.ts";

/** A collection that holds events: `C:calendar`, not a subscription, and VEVENT among its components. */
export function holdsEvents(response: DavResponse): boolean {
	const types = prop(response, D.resourcetype);
	if (child(types, C.calendar) === undefined || child(types, CS.subscribed) !== undefined) return false;
	return componentsOf(response).includes("VEVENT");
}

/** `C:supported-calendar-component-set`; absent or empty means every component (RFC 4791 §5.2.3). */
function componentsOf(response: DavResponse): readonly string[] {
	const names = (prop(response, C.supportedComponents)?.children ?? []).map(({ attributes }) =>
		(attributes.name ?? "").toUpperCase(),
	);
	return names.length === 0 ? ["VEVENT"] : names;
}

/** `D:displayname`, else the last segment of the path. */
export function nameOf(response: DavResponse, url: URL): string {
	const segment = url.pathname.split("/").findLast((each) => each !== "") ?? url.host;
	return propText(response, D.displayname) ?? decoded(segment);
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

/** `A:calendar-color` in the forms seen: `#RGB`, `#RRGGBB`, `#RRGGBBAA`, without `#`; as `#rrggbb`. */
export function colorOf(response: DavResponse): string | null {
	const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(propText(response, A.calendarColor) ?? "")?.[1];
	if (digits === undefined) return null;
	const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits.slice(0, 6);
	return `#${full.toLowerCase()}`;
}

/** `C:calendar-timezone-id` (RFC 7809 §5.2), else the TZID in `C:calendar-timezone` (RFC 4791 §5.2.2); IANA or null. */
export function timeZoneOf(response: DavResponse): string | null {
	const id = propText(response, C.calendarTimezoneId);
	const definition = propText(response, C.calendarTimezone)?.replace(/\r?\n[ \t]/g, "");
	const tzid = id ?? /^TZID[^:\r\n]*:(.+)$/im.exec(definition ?? "")?.[1]?.trim() ?? null;
	if (tzid === null) return null;
	const { name, uncertain } = resolveTzid(tzid, { definitions: new Map(), fallback: null });
	return uncertain ? null : name;
}

/**
 * From `D:current-user-privilege-set` (RFC 3744 §5.4, RFC 4791 §6.1.1). Servers without access control leave the
 * property out: everything is then allowed.
 */
export function accessOf(response: DavResponse, principal: URL | null, url: URL): CalendarAccess {
	const set = prop(response, D.currentUserPrivilegeSet);
	const owned = isOwnedBy(response, principal, url);
	if (set === undefined || set.children.length === 0) {
		return response.failed.get(keyOf(D.currentUserPrivilegeSet)) === 403 ? "read" : owned ? "owner" : "write";
	}
	const privileges = set.children
		.filter((each) => isNamed(each, D.privilege))
		.flatMap((each) => each.children.map(({ ns, local }) => (ns === CALDAV ? `C:${local}` : local)));
	const has = (...names: readonly string[]) => names.some((name) => privileges.includes(name));
	if (has("all", "write", "write-content", "bind")) return owned ? "owner" : "write";
	return !has("read") && has("C:read-free-busy") ? "free_busy" : "read";
}

function isOwnedBy(response: DavResponse, principal: URL | null, url: URL): boolean {
	const [href] = propHrefs(response, D.owner);
	const owner = href === undefined ? null : resolveLink(href, url);
	return owner !== null && principal !== null && isSameCollection(owner, principal);
}

/**
 * Null where the server does not tell which reports it supports (RFC 3253 §3.1.5). xandikos leaves out the `D:report`
 * around the names.
 */
export function supportsSync(response: DavResponse): boolean | null {
	const set = prop(response, D.supportedReportSet);
	if (set === undefined) return null;
	return set.children
		.filter((each) => isNamed(each, D.supportedReport))
		.some((each) => [each, child(each, D.report)].some((holder) => child(holder, D.syncCollection) !== undefined));
}

export function maxResourceSizeOf(response: DavResponse): number | null {
	const size = propText(response, C.maxResourceSize);
	return size !== null && /^\d{1,15}$/.test(size) ? Number(size) : null;
}
