import { GoogleError } from "../http/google-error.ts";

/** Scopes of the Calendar API begin so. */
export const PREFIX = "https://www.googleapis.com/auth/";

const EMAIL = `${PREFIX}userinfo.email`;
const PROFILE = `${PREFIX}userinfo.profile`;

/** What identifies the person: shown as one line on the consent screen, and not to be unticked. */
export const SIGN_IN_SCOPES: readonly string[] = ["openid", EMAIL, PROFILE];

/** The name under which a scope is granted: short names of OpenID Connect have long ones. */
export function canonicalScope(scope: string): string {
	if (scope === "email") return EMAIL;
	return scope === "profile" ? PROFILE : scope;
}

/** The sentences of the consent screen. */
const SCOPE_LABELS: Readonly<Record<string, string>> = {
	calendar: "See, edit, share, and permanently delete all the calendars you can access using Google Calendar",
	"calendar.readonly": "See and download any calendar you can access using your Google Calendar",
	"calendar.events": "View and edit events on all your calendars",
	"calendar.events.readonly": "View events on all your calendars",
	"calendar.events.owned": "See, create, change, and delete events on Google calendars you own",
	"calendar.events.owned.readonly": "See the events on Google calendars you own",
	"calendar.events.freebusy": "See the availability on Google calendars you have access to",
	"calendar.events.public.readonly": "See the events on public calendars",
	"calendar.calendarlist": "See, add, and remove Google calendars you’re subscribed to",
	"calendar.calendarlist.readonly": "See the list of Google calendars you’re subscribed to",
	"calendar.calendars": "See and change the properties of Google calendars you have access to",
	"calendar.calendars.readonly":
		"See the title, description, default time zone, and other properties of Google calendars",
	"calendar.acls": "See and change the sharing permissions of Google calendars you own",
	"calendar.acls.readonly": "See the sharing permissions of Google calendars you own",
	"calendar.freebusy": "View your availability in your calendars",
	"calendar.settings.readonly": "View your Calendar settings",
	"calendar.app.created": "Make secondary Google calendars, and see, create, change, and delete events on them",
};

export const isKnownScope = (scope: string): boolean =>
	SIGN_IN_SCOPES.includes(scope) ||
	(scope.startsWith(PREFIX) && Object.hasOwn(SCOPE_LABELS, scope.slice(PREFIX.length)));

export const labelOf = (scope: string): string => SCOPE_LABELS[scope.slice(PREFIX.length)] ?? scope;

/** The names that calls are judged by: `calendar.events`, without the prefix. */
export function calendarScopes(scopes: readonly string[]): ReadonlySet<string> {
	return new Set(scopes.filter((scope) => scope.startsWith(PREFIX)).map((scope) => scope.slice(PREFIX.length)));
}

export function insufficientScopes(): GoogleError {
	const message = "Request had insufficient authentication scopes.";
	return new GoogleError(403, "insufficientPermissions", message, {
		extra: {
			status: "PERMISSION_DENIED",
			details: [
				{
					"@type": "type.googleapis.com/google.rpc.ErrorInfo",
					reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
					domain: "googleapis.com",
					metadata: { service: "calendar-json.googleapis.com" },
				},
			],
		},
		headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"' },
	});
}

const READ_EVENTS = [
	...["calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly", "calendar.events.owned"],
	...["calendar.events.owned.readonly", "calendar.events.freebusy", "calendar.events.public.readonly"],
	"calendar.app.created",
];
const WRITE_EVENTS = ["calendar", "calendar.events", "calendar.events.owned", "calendar.app.created"];
const READ_LIST = ["calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"];
const WRITE_LIST = ["calendar", "calendar.calendarlist"];
const WRITE_ENTRY = [...WRITE_LIST, "calendar.app.created"];
const WRITE_CALENDARS = ["calendar", "calendar.calendars", "calendar.app.created"];
const READ_ACL = ["calendar", "calendar.acls", "calendar.acls.readonly"];
const SETTINGS = ["calendar", "calendar.readonly", "calendar.settings.readonly"];

/** Any of these opens a method (the scopes that the API's reference gives for each). */
export const METHOD_SCOPES = {
	"acl.delete": ["calendar", "calendar.acls"],
	"acl.get": [...READ_ACL, "calendar.readonly"],
	"acl.insert": ["calendar", "calendar.acls"],
	"acl.list": READ_ACL,
	"acl.patch": ["calendar", "calendar.acls"],
	"acl.update": ["calendar", "calendar.acls"],
	"acl.watch": READ_ACL,
	"calendarList.delete": WRITE_ENTRY,
	"calendarList.get": [...READ_LIST, "calendar.app.created"],
	"calendarList.insert": WRITE_LIST,
	"calendarList.list": READ_LIST,
	"calendarList.patch": WRITE_ENTRY,
	"calendarList.update": WRITE_ENTRY,
	"calendarList.watch": READ_LIST,
	"calendars.clear": ["calendar", "calendar.calendars"],
	"calendars.delete": WRITE_CALENDARS,
	"calendars.get": [...WRITE_CALENDARS, "calendar.readonly", "calendar.calendars.readonly"],
	"calendars.insert": WRITE_CALENDARS,
	"calendars.patch": WRITE_CALENDARS,
	"calendars.update": WRITE_CALENDARS,
	"channels.stop": [...new Set([...READ_EVENTS, ...READ_LIST, ...READ_ACL, ...SETTINGS])],
	"colors.get": [
		...READ_LIST,
		...["calendar.app.created", "calendar.events", "calendar.events.freebusy", "calendar.events.owned"],
		...["calendar.events.owned.readonly", "calendar.events.public.readonly", "calendar.events.readonly"],
	],
	"events.delete": WRITE_EVENTS,
	"events.get": READ_EVENTS,
	"events.import": WRITE_EVENTS,
	"events.insert": WRITE_EVENTS,
	"events.instances": READ_EVENTS,
	"events.list": READ_EVENTS,
	"events.move": ["calendar", "calendar.events", "calendar.events.owned"],
	"events.patch": WRITE_EVENTS,
	"events.quickAdd": WRITE_EVENTS,
	"events.update": WRITE_EVENTS,
	"events.watch": READ_EVENTS,
	"freebusy.query": ["calendar", "calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"],
	"settings.get": SETTINGS,
	"settings.list": SETTINGS,
	"settings.watch": SETTINGS,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type MethodId = keyof typeof METHOD_SCOPES;
