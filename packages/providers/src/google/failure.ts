import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "../port/failure.ts";
import { type HttpResponse, TransportError } from "../port/http.ts";
import { retryAfterOf } from "../shared/retry-after.ts";
import { isObject, textOf } from "./types.ts";

/** What was asked, for what a refusal means and for the sentence. */
export interface Exchange {
	readonly operation:
		| "list_calendars"
		| "list_events"
		| "read"
		| "create"
		| "update"
		| "move"
		| "remove"
		| "watch"
		| "stop";
	/** The request said how far the sync had come. */
	readonly hasSyncToken?: boolean;
}

/** What Google says of an error (google.md §8); never decided on: its message. */
export interface GoogleError {
	readonly status: number;
	/** `errors[0].reason`; empty where it names none. */
	readonly reason: string;
	/** `errors[0].location`: the parameter or header at fault. */
	readonly location: string;
}

type Meaning = readonly [kind: ProviderFailureKind, reason: ProviderFailureReason, advice: string];

/** Google advises hours; with a quarter of one it is noticed within that time when it is over. */
const QUOTA_PAUSE_SECONDS = 15 * 60;

const SLOW_DOWN: Meaning = ["rate_limited", "rate_limited", "asks to slow down"];
const USED_UP: Meaning = ["rate_limited", "quota_exceeded", "says that a quota is used up"];
const NO_SCOPE: Meaning = ["scope_missing", "scope_not_granted", "was not allowed this by the person"];
const DISABLED: Meaning = ["forbidden", "api_disabled", "has the calendar API switched off for this project"];
const NOT_ORGANIZER: Meaning = ["forbidden", "not_the_organizer", "leaves this to the organizer"];
const RESTRICTED: Meaning = ["forbidden", "event_kind_restricted", "lets no event of its kind be so"];
const UNMOVABLE: Meaning = ["forbidden", "event_not_movable", "leaves events of its kind where they are"];
const GONE: Meaning = ["gone", "resource_gone", "says that it is deleted"];
const CURSOR: Meaning = ["cursor_expired", "sync_token_rejected", "no longer knows how far the sync had come"];
const CHANGED: Meaning = ["precondition_failed", "changed_meanwhile", "found that it had changed"];
const EXISTS: Meaning = ["precondition_failed", "already_exists", "has an event of this id already"];
/** Two writes at once: the same again later gets through. */
const BUSY: Meaning = ["unavailable", "server_error", "was busy with another change of it"];
const NO_PUSH: Meaning = ["invalid", "push_unsupported", "tells of no changes there"];

/** By reason, whatever the status. */
const REASONS: Readonly<Record<string, Meaning>> = {
	authError: ["auth_revoked", "grant_revoked", "no longer accepts the sign-in"],
	rateLimitExceeded: SLOW_DOWN,
	userRateLimitExceeded: SLOW_DOWN,
	quotaExceeded: USED_UP,
	dailyLimitExceeded: USED_UP,
	calendarUsageLimitsExceeded: USED_UP,
	insufficientPermissions: NO_SCOPE,
	ACCESS_TOKEN_SCOPE_INSUFFICIENT: NO_SCOPE,
	accessNotConfigured: DISABLED,
	SERVICE_DISABLED: DISABLED,
	forbiddenForNonOrganizer: NOT_ORGANIZER,
	cannotChangeOrganizer: NOT_ORGANIZER,
	cannotChangeOrganizerOfInstance: NOT_ORGANIZER,
	eventTypeRestriction: RESTRICTED,
	fullSyncRequired: CURSOR,
	updatedMinTooLongAgo: CURSOR,
	deleted: GONE,
	duplicate: EXISTS,
	conflict: BUSY,
	conditionNotMet: CHANGED,
	pushNotSupportedForRequestedResource: NO_PUSH,
	"push.webhookUrlNotHttps": NO_PUSH,
	"push.webhookUrlUnauthorized": NO_PUSH,
};

const WRITES: ReadonlySet<Exchange["operation"]> = new Set(["create", "update", "move", "remove"]);

/** Judges an error that Google gave. */
export function meaningOf({ status, reason, location }: GoogleError, exchange: Exchange): Meaning {
	const isWrite = WRITES.has(exchange.operation);
	if (exchange.hasSyncToken === true) {
		if (status === 410 || (status === 400 && location === "syncToken")) return CURSOR;
	}
	// The calendar that it is to go to has it already, as it is invited.
	if (exchange.operation === "move" && reason === "duplicate") return ["invalid", "already_exists", EXISTS[2]];
	if (exchange.operation === "move" && reason === "eventTypeRestriction") return UNMOVABLE;
	const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
	if (known !== undefined) return known;
	switch (status) {
		case 400:
			if (exchange.operation === "watch") return NO_PUSH;
			return ["invalid", isWrite ? "event_refused" : "refused", "does not accept the request"];
		case 401:
			return ["auth_revoked", "grant_revoked", "no longer accepts the sign-in"];
		case 403:
			return ["forbidden", isWrite ? "read_only" : "access_denied", "denied access"];
		case 404:
			return ["not_found", "resource_gone", "has no such thing, or shows it no longer"];
		case 409:
			return exchange.operation === "create" ? EXISTS : BUSY;
		case 410:
			return GONE;
		case 412:
			return CHANGED;
		case 413:
			return ["invalid", isWrite ? "event_too_large" : "refused", "does not accept so much"];
		case 429:
			return SLOW_DOWN;
	}
	if (status >= 500) return ["unavailable", "server_error", "failed"];
	if (status >= 300 && status < 400) return ["unavailable", "malformed_answer", "redirects where it should answer"];
	return ["invalid", isWrite ? "event_refused" : "refused", "refused the request"];
}

/**
 * The failure that an answer other than the one hoped for is.
 * @param now epoch milliseconds, for a Retry-After that is a date
 */
export async function failureOfAnswer(
	response: HttpResponse,
	exchange: Exchange,
	now: number,
): Promise<ProviderFailure> {
	const asked = retryAfterOf(response.headers, now);
	const error = await readError(response);
	const [kind, reason, advice] = meaningOf(error, exchange);
	const retryAfter = asked ?? (reason === "quota_exceeded" ? QUOTA_PAUSE_SECONDS : undefined);
	const named = error.reason === "" ? "" : ` ${error.reason.slice(0, 80)}`;
	return new ProviderFailure(kind, {
		reason,
		status: error.status,
		message: `${response.url.host} ${advice} (${error.status}${named} to ${exchange.operation})`,
		...(retryAfter === undefined ? {} : { retryAfter }),
	});
}

const ERROR_BODY_LIMIT = 64 * 1024;

async function readError(response: HttpResponse): Promise<GoogleError> {
	const { status } = response;
	const nothing = { status, reason: "", location: "" };
	try {
		const chunks: Uint8Array[] = [];
		let size = 0;
		for await (const chunk of response.body) {
			size += chunk.length;
			if (size > ERROR_BODY_LIMIT) return nothing;
			chunks.push(chunk);
		}
		return errorIn(status, JSON.parse(Buffer.concat(chunks).toString("utf8")));
	} catch (error) {
		// The status says enough where its explanation cannot be read.
		if (error instanceof TransportError || error instanceof SyntaxError) return nothing;
		throw error;
	}
}

/** `errors[0].reason`, else that of a `details` entry, as newer surfaces of Google's write it. */
function errorIn(status: number, body: unknown): GoogleError {
	const error = isObject(body) && isObject(body.error) ? body.error : {};
	const first = (list: unknown) => (Array.isArray(list) ? list.filter(isObject) : []);
	const [told] = first(error.errors);
	const detail = first(error.details).find((each) => typeof each.reason === "string");
	return { status, reason: textOf(told?.reason) || textOf(detail?.reason), location: textOf(told?.location) };
}
