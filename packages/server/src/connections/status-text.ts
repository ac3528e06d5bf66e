import type { ProviderFailureReason, ProviderId } from "@kalends/providers";
import type { Consent } from "../db/schema.ts";

/**
 * Why a connection or a calendar is not as it should be: a provider's reason, or one of Kalends's own.
 * Reasons are API (`status_reason`); the sentences are made when they are shown.
 */
export type StatusReason =
	| ProviderFailureReason
	| "paused_by_person"
	| "calendars_failing"
	| "deletions_held"
	| "calendar_gone"
	| "calendar_kept"
	| "credentials_unreadable"
	| "internal";

export interface StatusText {
	/** What happened, one or two sentences for a person. */
	readonly detail: string;
	/** What the person can do; null where nothing is to be done. */
	readonly fix: string | null;
}

const GOES_ON = "Nothing needs to be done: Kalends tries again by itself.";

const TEXTS: Readonly<Record<StatusReason, StatusText>> = {
	wrong_credentials: {
		detail: "The server refused the user name or password.",
		fix: "Enter the user name and password again. If the account uses two-step sign-in, make an app password for Kalends.",
	},
	credentials_required: {
		detail: "The server asks for a user name and a password.",
		fix: "Enter the user name and password of the calendar account.",
	},
	unsupported_auth: {
		detail: "The server offers no way of signing in that Kalends knows (Basic or Digest).",
		fix: "Ask the server's operator to allow Basic or Digest sign-in over https for CalDAV.",
	},
	access_denied: {
		detail: "The server knows the account but denies access.",
		fix: "Ask the owner of the calendar or the server's operator for access.",
	},
	address_not_found: {
		detail: "There is no such server, or nothing at this address.",
		fix: "Check the address for typing mistakes; open it in a browser to see whether it exists.",
	},
	address_blocked: {
		detail: "The address points into a private network or uses plain http, which Kalends may not reach.",
		fix: "Use the public https address, or ask the operator of Kalends to add the host to KALENDS_ALLOWED_PRIVATE_HOSTS.",
	},
	unsupported_scheme: {
		detail: "Calendars are read over the web only: an address begins with https, a feed's also with http or webcal.",
		fix: "Enter the calendar's https or webcal address.",
	},
	no_https: {
		detail: "A webcal address is asked over https, and the server gave no secure connection there.",
		fix: "If the server has no https, enter the address with http:// in place of webcal://. Else its operator has to mend its https.",
	},
	connection_refused: {
		detail: "The server does not accept connections at this address.",
		fix: "Check the address and the port, and whether the server is running.",
	},
	connection_lost: { detail: "The server broke the connection off.", fix: GOES_ON },
	tls_failure: {
		detail: "No secure connection could be made: the server's certificate is not valid for this address.",
		fix: "Check the address. If it is right, the server's operator has to renew or correct its certificate.",
	},
	timeout: { detail: "The server took too long to answer.", fix: GOES_ON },
	too_large: {
		detail: "The server's answer is larger than Kalends accepts.",
		fix: "Ask the calendar's owner to remove large attachments or to split the calendar.",
	},
	too_many_redirects: {
		detail: "The server redirects in circles.",
		fix: "Use the address that the server's own documentation gives for CalDAV, or ask its operator.",
	},
	unsafe_redirect: {
		detail: "The server redirects to another host, to which the password must not be sent.",
		fix: "If you trust that host, use its address directly.",
	},
	not_caldav: {
		detail: "There is a web server at this address, but it speaks no CalDAV.",
		fix: "Use the CalDAV address from your provider's help pages. For a feed that ends in .ics choose ICS instead.",
	},
	no_calendar_home: {
		detail: "The server speaks CalDAV but names no calendars for this account.",
		fix: "Check the user name, and whether the account has a calendar; else use the address of the calendar itself.",
	},
	not_a_calendar: {
		detail: "What is at this address is not a calendar.",
		fix: "Use the address of the calendar feed itself (it often ends in .ics), not of the page that shows the calendar.",
	},
	incomplete_answer: { detail: "The server's answer ended too early. What was synced before is kept.", fix: GOES_ON },
	malformed_answer: {
		detail: "The server's answer cannot be understood. What was synced before is kept.",
		fix: "If this lasts, check that the address is right, or tell the server's operator.",
	},
	server_error: { detail: "The server reports an error of its own. What was synced before is kept.", fix: GOES_ON },
	rate_limited: { detail: "The server asks to wait before the next request.", fix: GOES_ON },
	sync_token_rejected: {
		detail: "The server forgot how far the sync had come; everything is compared anew.",
		fix: GOES_ON,
	},
	sync_unsupported: {
		detail: "The server cannot tell what changed in this calendar.",
		fix: "Ask the server's operator whether CalDAV sync is switched on.",
	},
	resource_gone: {
		detail: "The server says that what was at this address is no longer there. Its events are kept in Kalends.",
		fix: "If it was moved, change the address of the connection.",
	},
	refused: {
		detail: "The server refused the request.",
		fix: "Check in the server's own web page whether the calendar still works there, or ask its operator.",
	},
	already_exists: {
		detail: "The server has an event at this place already.",
		fix: "Sync the calendar: the event is probably there. If not, make it again.",
	},
	changed_meanwhile: { detail: "The event was changed on the server meanwhile.", fix: GOES_ON },
	uid_conflict: {
		detail: "The server has this event already: in another calendar of the account, or in its trash.",
		fix: "Delete it there, and empty the trash of the calendar account, then try again; or make it as a new event.",
	},
	event_refused: {
		detail: "The server does not accept the event as it is. It is kept in Kalends and was not sent.",
		fix: "Undo what was changed last, such as an unusual repetition or time, and save again; or discard the change.",
	},
	event_too_large: {
		detail: "The event is larger than the server accepts. It is kept in Kalends and was not sent.",
		fix: "Shorten the description or remove attachments, then save again.",
	},
	too_many_guests: {
		detail: "The event has more guests than the server accepts. It is kept in Kalends and was not sent.",
		fix: "Remove some guests, or invite a mailing list, then save again.",
	},
	date_out_of_range: {
		detail: "The server does not accept dates so far in the past or future, or so many repetitions.",
		fix: "Choose dates nearer to today, or let the series end earlier, then save again.",
	},
	not_the_organizer: {
		detail: "The event belongs to its organizer. Guests can only answer it and change their own reminders.",
		fix: "Ask the organizer to change the event, or copy it into an event of your own; then discard the change.",
	},
	storage_full: {
		detail: "The calendar account has no room left, or holds as many events as it may.",
		fix: "Delete what is no longer needed there, or ask the server's operator for more room; then try again.",
	},
	read_only: {
		detail: "The server does not let this account change events of this calendar.",
		fix: "Ask the owner of the calendar for the right to write, or choose another calendar; then discard the change.",
	},
	grant_revoked: {
		detail: "The provider no longer accepts the consent that was given to Kalends.",
		fix: "Connect the same account again: the connection, its calendars and events stay as they are.",
	},
	token_refused: {
		detail: "The provider gives Kalends new access to the account, but its calendar accepts none of it.",
		fix: "Check that the account can open its calendar at the provider, then connect the same account again. The connection, its calendars and events stay as they are.",
	},
	scope_not_granted: {
		detail: "Not everything that Kalends asked for was allowed on the provider's consent page.",
		fix: "Connect the same account again and tick every box on the consent page.",
	},
	client_refused: {
		detail: "The provider does not accept this server: its client id or secret is wrong, or was removed.",
		fix: "The person who runs this server has to correct them; kalends doctor says how. Then Kalends goes on by itself.",
	},
	api_disabled: {
		detail: "The calendar API is not enabled in the project that this Kalends signs in with.",
		fix: "Ask the operator of Kalends to enable the Google Calendar API in the Google Cloud project of its client id.",
	},
	quota_exceeded: { detail: "The account, or this Kalends, has used up what the provider allows.", fix: GOES_ON },
	event_protected: {
		detail: "The provider lets nobody change this of such an event, as it keeps the event itself.",
		fix: "Change it where it comes from, such as the contact of a birthday; then discard the change.",
	},
	event_kind_restricted: {
		detail:
			"The provider does not accept this for an event of its kind: focus time and out of office have a time of day and " +
			"show as busy, a working location is public and free.",
		fix: "Discard the change, or make an ordinary event of it: create that, and delete this one.",
	},
	event_not_movable: {
		detail:
			"The provider moves ordinary events only. Focus time, out of office, working locations, birthdays, events made of a " +
			"mail and single occurrences of others' series stay in their calendar.",
		fix: "Give the move up, or create an ordinary event in the other calendar and delete this one.",
	},
	push_unsupported: {
		detail: "The provider does not tell of changes in this calendar; it is asked regularly.",
		fix: null,
	},
	paused_by_person: {
		detail: "The connection is paused. Its events are kept as they were.",
		fix: "Resume it when it shall sync again.",
	},
	calendars_failing: {
		detail: "Not all calendars of this connection could be synced.",
		fix: "Look at the status of each calendar: it says what to do.",
	},
	deletions_held: {
		detail: "The server suddenly lacks many events of this calendar. Kalends keeps them until you decide.",
		fix: "If they were deleted on purpose, apply the deletions; if not, keep the events.",
	},
	calendar_gone: {
		detail: "The server no longer lists this calendar. Kalends keeps its events until you decide.",
		fix: "If it was deleted on purpose, apply the deletion; if not, keep it: it syncs again once the server lists it.",
	},
	calendar_kept: {
		detail: "The server no longer lists this calendar. Its events are kept, as you decided.",
		fix: null,
	},
	credentials_unreadable: {
		detail: "What is stored to sign in was damaged or tampered with in the database, so it is not used.",
		fix: "Enter the address, user name and password of the connection again.",
	},
	internal: {
		detail: "Kalends failed while syncing. What was synced before is kept.",
		fix: "Kalends tries again by itself. If this lasts, the person who runs this server finds the cause in its log.",
	},
};

/** Of one calendar among those of an account, which has others and stays connected. */
const OF_CALENDARS = {
	resource_gone: {
		detail:
			"The calendar was deleted at its provider, or is no longer shared with this account. Its events are kept in Kalends.",
		fix: "Ask its owner to share it with this account again, or hide the calendar: switch it off in the settings.",
	},
	access_denied: {
		detail: "The provider does not let this account read the calendar. Its events are kept in Kalends.",
		fix: "Ask its owner to share it with this account, or hide the calendar: switch it off in the settings.",
	},
} as const satisfies Partial<Record<StatusReason, StatusText>>;

const ICLOUD: Partial<Readonly<Record<StatusReason, StatusText>>> = {
	wrong_credentials: {
		detail: "Apple refused the Apple Account or the password.",
		fix: "Apple wants an app-specific password here, not your usual one: make one at account.apple.com under Sign-In and Security, App-Specific Passwords, and enter it.",
	},
	credentials_required: {
		detail: "Apple asks for your Apple Account and an app-specific password.",
		fix: "Make an app-specific password at account.apple.com under Sign-In and Security, App-Specific Passwords.",
	},
	// The account has no address that a person could change.
	...OF_CALENDARS,
};

const ICS: Partial<Readonly<Record<StatusReason, StatusText>>> = {
	wrong_credentials: {
		detail: "The server no longer gives the feed out at this address.",
		fix: "Ask the calendar's owner for a new address and enter it here.",
	},
	credentials_required: {
		detail: "The server asks for a user name and a password for this feed.",
		fix: "Use the private address of the feed (it contains a secret), or enter the user name and password.",
	},
	access_denied: {
		detail: "The server does not give the feed out at this address.",
		fix: "Ask the calendar's owner for a new address and enter it here.",
	},
	resource_gone: {
		detail: "The server says that the feed is no longer there. Its events are kept in Kalends.",
		fix: "If it was moved, change the address of the connection; else remove the connection.",
	},
};

const GOOGLE: Partial<Readonly<Record<StatusReason, StatusText>>> = {
	...OF_CALENDARS,
	quota_exceeded: {
		detail: "What Google lets the account, or this Kalends, do in a time (its quota) is used up.",
		fix: GOES_ON,
	},
	grant_revoked: {
		detail: "Google no longer accepts the consent that was given to Kalends: it was withdrawn, or has ended.",
		fix:
			"Connect the same Google account again: the connection, its calendars and events stay as they are. If this happens every 7 days, " +
			"the server's Google project is in testing: its operator has to publish it (docs/google.md).",
	},
};

const AGAIN = "Try again. If it lasts, check the address, or tell the server's operator.";

/** While somebody connects nothing has been synced yet, and nothing is tried again. */
const CONNECTING: Partial<Readonly<Record<StatusReason, StatusText>>> = {
	connection_lost: { detail: "The server broke the connection off.", fix: AGAIN },
	timeout: { detail: "The server took too long to answer.", fix: AGAIN },
	incomplete_answer: { detail: "The server's answer ended too early.", fix: AGAIN },
	malformed_answer: {
		detail: "The server's answer cannot be understood.",
		fix: "Check that the address is right; if it is, tell the server's operator.",
	},
	server_error: { detail: "The server reports an error of its own.", fix: AGAIN },
	rate_limited: { detail: "The server asks to wait before the next request.", fix: "Wait a while, then try again." },
	sync_token_rejected: { detail: "The server's answer cannot be understood.", fix: AGAIN },
	resource_gone: {
		detail: "The server says that what was at this address is gone for good.",
		fix: "Ask for the new address of the calendar or feed.",
	},
};

const SPECIAL: Partial<Readonly<Record<ProviderId, Partial<Readonly<Record<StatusReason, StatusText>>>>>> = {
	icloud: ICLOUD,
	ics: ICS,
	google: GOOGLE,
};

/** What a reason means to the person who is connecting, or changing an address or password, at this moment. */
export function connectingText(reason: StatusReason, provider: ProviderId): StatusText {
	return CONNECTING[reason] ?? statusText(reason, provider);
}

/**
 * What a reason means to a person; unknown text in the column reads as `internal`.
 * @param consent of the connection: which boxes were not ticked
 */
export function statusText(reason: string, provider: ProviderId, consent: Consent | null = null): StatusText {
	const known: StatusReason = isStatusReason(reason) ? reason : "internal";
	if (known === "scope_not_granted" && consent !== null && consent.missing.length > 0) return missingText(consent);
	return SPECIAL[provider]?.[known] ?? TEXTS[known];
}

/** What a reason means of one calendar of a connection; as `statusText`. */
export function calendarText(reason: string, provider: ProviderId): StatusText {
	const known = Object.hasOwn(OF_CALENDARS, reason) ? (reason as keyof typeof OF_CALENDARS) : null;
	if (known === null) return statusText(reason, provider);
	return SPECIAL[provider]?.[known] ?? OF_CALENDARS[known];
}

/** What has to be mended elsewhere before what was refused gets through. */
const MENDED_ELSEWHERE: ReadonlySet<StatusReason> = new Set(["api_disabled", "scope_not_granted", "access_denied"]);

/** What a reason means of a write that was refused, or waits; as `statusText`. */
export function writeText(reason: StatusReason, provider: ProviderId, consent: Consent | null): StatusText {
	const text = statusText(reason, provider, consent);
	if (!MENDED_ELSEWHERE.has(reason)) return text;
	const again = 'Then try the change again, here or by POST /v1/events/{id}/sync with {"action": "retry"}.';
	return { ...text, fix: text.fix === null ? again : `${text.fix} ${again}` };
}

function missingText({ access, missing }: Consent): StatusText {
	const boxes = new Intl.ListFormat("en").format(missing.map((label) => `“${label}”`));
	const effect = access === null ? "Nothing can be synced." : "Events are synced, but Kalends cannot change them.";
	return {
		detail: `On the consent page this was not allowed: ${boxes}. ${access === "write" ? "Some of it may be missing here." : effect}`,
		fix: `Connect the same account again and tick ${boxes}.`,
	};
}

function isStatusReason(reason: string): reason is StatusReason {
	return Object.hasOwn(TEXTS, reason);
}
