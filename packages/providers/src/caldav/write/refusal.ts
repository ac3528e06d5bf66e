import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "../../port/failure.ts";
import type { HttpResponse } from "../../port/http.ts";
import { retryAfterOf } from "../../shared/retry-after.ts";
import { type Exchange, errorElements, failureOfStatus } from "../failure.ts";

/** What was asked of one resource. */
export interface WriteExchange extends Exchange {
	readonly operation: "create" | "update" | "remove";
	/** Somebody else calls the meeting, and the account is a guest of it. */
	readonly asGuest: boolean;
}

/** A refusal as the server worded it. */
export interface Refusal {
	readonly status: number;
	/** Local names of the elements inside `DAV:error`. */
	readonly preconditions: readonly string[];
	/** The server's own sentence, empty where it gave none. */
	readonly sentence: string;
	readonly retryAfter?: number;
}

type Meaning = readonly [kind: ProviderFailureKind, reason: ProviderFailureReason, advice: string];

const UNACCEPTABLE: Meaning = ["invalid", "event_refused", "does not accept the event"];
const CONFLICT: Meaning = ["invalid", "uid_conflict", "has an event of this UID already"];
const TOO_LARGE: Meaning = ["invalid", "event_too_large", "does not accept so large an event"];
const OUT_OF_RANGE: Meaning = ["invalid", "date_out_of_range", "does not accept these dates, or so many occurrences"];
const FULL: Meaning = ["invalid", "storage_full", "has no room left for the account"];
const READ_ONLY: Meaning = ["forbidden", "read_only", "does not let the account change this"];
const GUEST: Meaning = ["forbidden", "not_the_organizer", "lets guests change nothing but their own answer"];

/** RFC 4791 §5.3.2.1, RFC 6638 §3.2.4, RFC 4331 §6, RFC 3744 §7.1.1. None of them passes by itself. */
const PRECONDITIONS: Readonly<Record<string, Meaning>> = {
	"supported-calendar-data": UNACCEPTABLE,
	"valid-calendar-data": UNACCEPTABLE,
	"valid-calendar-object-resource": UNACCEPTABLE,
	"supported-calendar-component": UNACCEPTABLE,
	"calendar-collection-location-ok": UNACCEPTABLE,
	"same-organizer-in-all-components": UNACCEPTABLE,
	"allowed-organizer-scheduling-object-change": UNACCEPTABLE,
	"allowed-attendee-scheduling-object-change": GUEST,
	"no-uid-conflict": CONFLICT,
	"unique-scheduling-object-resource": CONFLICT,
	"max-resource-size": TOO_LARGE,
	"min-date-time": OUT_OF_RANGE,
	"max-date-time": OUT_OF_RANGE,
	"max-instances": OUT_OF_RANGE,
	"max-attendees-per-instance": ["invalid", "too_many_guests", "does not accept so many guests"],
	"need-privileges": READ_ONLY,
	"quota-not-exceeded": FULL,
	"sufficient-disk-space": FULL,
};

const STATUS: Readonly<Record<number, Meaning>> = {
	400: UNACCEPTABLE,
	405: READ_ONLY,
	409: UNACCEPTABLE,
	413: TOO_LARGE,
	415: UNACCEPTABLE,
	422: UNACCEPTABLE,
	423: ["unavailable", "server_error", "has it locked for somebody else"],
	501: READ_ONLY,
	507: FULL,
};

/** Judges the answer to a write that is no success; reads its body. */
export async function refusalOfAnswer(
	response: HttpResponse,
	exchange: WriteExchange,
	now: number,
): Promise<ProviderFailure> {
	const elements = await errorElements(response);
	const retryAfter = retryAfterOf(response.headers, now);
	return failureOfRefusal(
		{
			status: response.status,
			preconditions: elements.map(({ local }) => local),
			sentence: elements.find(({ local }) => local === "message")?.text.trim() ?? "",
			...(retryAfter === undefined ? {} : { retryAfter }),
		},
		exchange,
	);
}

/** What a refusal means; also for one that stands inside a multistatus. */
export function failureOfRefusal(refusal: Refusal, exchange: WriteExchange): ProviderFailure {
	const { status, preconditions, retryAfter } = refusal;
	const precondition = preconditions.find((name) => Object.hasOwn(PRECONDITIONS, name)) ?? preconditions[0];
	const more = {
		...(retryAfter === undefined ? {} : { retryAfter }),
		...(precondition === undefined ? {} : { precondition }),
	};
	const meaning = meaningOf(refusal, precondition, exchange);
	if (meaning === null) return failureOfStatus(status, exchange, more);
	const [kind, reason, advice] = meaning;
	const said = refusal.sentence === "" ? "" : `: ${refusal.sentence.slice(0, 200)}`;
	return new ProviderFailure(kind, {
		reason,
		status,
		message: `${exchange.url.host} ${advice} (${status} to ${exchange.method} ${exchange.url.pathname})${said}`,
		...more,
	});
}

function meaningOf(
	{ status, sentence }: Refusal,
	precondition: string | undefined,
	{ operation, asGuest }: WriteExchange,
): Meaning | null {
	const isRefusal = status >= 400 && status < 500 && status !== 404 && status !== 410 && status !== 429;
	if (isRefusal || status === 507) {
		const known = precondition === undefined ? undefined : PRECONDITIONS[precondition];
		if (known !== undefined) return known;
		// sabre/dav says this only in words, also of what lies in Nextcloud's trash.
		if (/\buid already exists\b/i.test(sentence)) return CONFLICT;
	}
	if (status === 412) {
		return operation === "create"
			? ["precondition_failed", "already_exists", "has something there already"]
			: ["precondition_failed", "changed_meanwhile", "found that it had changed meanwhile"];
	}
	if (status === 403) return asGuest && operation === "update" ? GUEST : READ_ONLY;
	return STATUS[status] ?? null;
}
