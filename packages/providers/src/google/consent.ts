import type { GrantAssessment, OAuthConsent } from "../port/oauth.ts";

const AUTH = "https://www.googleapis.com/auth/";
const ALL = `${AUTH}calendar`;
const ALL_READ = `${AUTH}calendar.readonly`;
const EVENTS = `${AUTH}calendar.events`;
const EVENTS_READ = `${AUTH}calendar.events.readonly`;
const LIST_READ = `${AUTH}calendar.calendarlist.readonly`;

/** As the boxes of the consent screen read. */
const LABELS: Readonly<Record<string, string>> = {
	[EVENTS]: "View and edit events on all your calendars",
	[EVENTS_READ]: "View events on all your calendars",
	[LIST_READ]: "See the list of Google calendars you’re subscribed to",
};

const WRITING = [ALL, EVENTS];
const READING = [...WRITING, ALL_READ, EVENTS_READ];
const LISTING = [ALL, ALL_READ, `${AUTH}calendar.calendarlist`, LIST_READ];

/**
 * The least that each kind of access takes: neither scope for events lets calendars be listed, and free/busy calendars
 * are read as events too. `prompt=consent` makes Google send a refresh token every time.
 */
export const CONSENT: OAuthConsent = {
	scopes: { read: [EVENTS_READ, LIST_READ], write: [EVENTS, LIST_READ] },
	parameters: { access_type: "offline", include_granted_scopes: "true", prompt: "consent" },
	assess,
};

function assess(granted: readonly string[], wanted: "read" | "write"): GrantAssessment {
	const has = (scopes: readonly string[]) => scopes.some((scope) => granted.includes(scope));
	const lacking: string[] = [];
	if (!has(wanted === "write" ? WRITING : READING)) lacking.push(wanted === "write" ? EVENTS : EVENTS_READ);
	if (!has(LISTING)) lacking.push(LIST_READ);
	const readable = has(READING) && has(LISTING);
	return {
		access: readable ? (has(WRITING) ? "write" : "read") : null,
		missing: lacking.map((scope) => ({ scope, label: LABELS[scope] ?? scope })),
	};
}

/** Do these scopes let events be changed? */
export function mayWrite(scopes: readonly string[]): boolean {
	return WRITING.some((scope) => scopes.includes(scope));
}
