/** An expanded XML name (Namespaces in XML 1.0 §2.1): prefixes never matter. */
export interface XmlName {
	readonly ns: string;
	readonly local: string;
}

export const DAV = "DAV:";
export const CALDAV = "urn:ietf:params:xml:ns:caldav";
const CALENDAR_SERVER = "http://calendarserver.org/ns/";
const APPLE_ICAL = "http://apple.com/ns/ical/";

/** The prefixes that our own requests declare. */
export const PREFIXES: Readonly<Record<string, string>> = {
	[DAV]: "D",
	[CALDAV]: "C",
	[CALENDAR_SERVER]: "CS",
	[APPLE_ICAL]: "A",
};

const dav = (local: string): XmlName => ({ ns: DAV, local });
const caldav = (local: string): XmlName => ({ ns: CALDAV, local });
const calendarServer = (local: string): XmlName => ({ ns: CALENDAR_SERVER, local });

/** Properties and elements of RFC 4918, 3744, 5397, 6578. */
export const D = {
	propfind: dav("propfind"),
	prop: dav("prop"),
	href: dav("href"),
	unauthenticated: dav("unauthenticated"),
	currentUserPrincipal: dav("current-user-principal"),
	principalUrl: dav("principal-URL"),
	resourcetype: dav("resourcetype"),
	collection: dav("collection"),
	principal: dav("principal"),
	displayname: dav("displayname"),
	getetag: dav("getetag"),
	owner: dav("owner"),
	privilege: dav("privilege"),
	currentUserPrivilegeSet: dav("current-user-privilege-set"),
	report: dav("report"),
	supportedReport: dav("supported-report"),
	supportedReportSet: dav("supported-report-set"),
	syncCollection: dav("sync-collection"),
	syncToken: dav("sync-token"),
	syncLevel: dav("sync-level"),
} as const;

/** Properties and elements of RFC 4791, 6638, 7809. */
export const C = {
	calendar: caldav("calendar"),
	calendarHomeSet: caldav("calendar-home-set"),
	calendarUserAddressSet: caldav("calendar-user-address-set"),
	supportedComponents: caldav("supported-calendar-component-set"),
	calendarTimezone: caldav("calendar-timezone"),
	calendarTimezoneId: caldav("calendar-timezone-id"),
	maxResourceSize: caldav("max-resource-size"),
	scheduleInbox: caldav("schedule-inbox"),
	scheduleOutbox: caldav("schedule-outbox"),
	scheduleDefaultCalendarUrl: caldav("schedule-default-calendar-URL"),
	scheduleOutboxUrl: caldav("schedule-outbox-URL"),
	scheduleTag: caldav("schedule-tag"),
	calendarData: caldav("calendar-data"),
	calendarMultiget: caldav("calendar-multiget"),
	calendarQuery: caldav("calendar-query"),
	filter: caldav("filter"),
	compFilter: caldav("comp-filter"),
	propFilter: caldav("prop-filter"),
	textMatch: caldav("text-match"),
} as const;

/** Properties of the calendarserver.org extensions. */
export const CS = {
	getctag: calendarServer("getctag"),
	subscribed: calendarServer("subscribed"),
	notification: calendarServer("notification"),
} as const;

export const A = {
	calendarColor: { ns: APPLE_ICAL, local: "calendar-color" },
} as const satisfies Record<string, XmlName>;

/** A name as one string, in Clark notation: `{DAV:}getetag`. */
export function keyOf(name: XmlName): string {
	return `{${name.ns}}${name.local}`;
}

export function isNamed(element: XmlName, name: XmlName): boolean {
	return element.local === name.local && element.ns === name.ns;
}
