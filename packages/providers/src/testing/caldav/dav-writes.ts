import type { IncomingHttpHeaders } from "node:http";
import { CalendarSyntaxError, parseCalendar } from "@kalends/model";
import type { DavCalendar, StoredResource } from "./dav-store.ts";
import { type Invitation, schedulePut, scheduleRemoval } from "./scheduling.ts";

/** How a server takes PUT and DELETE other than by the book. */
export interface WriteQuirks {
	/**
	 * The etag in the answer to a PUT: the resource's own by the book. `marked`: as a proxy that compresses writes it,
	 * in the answer to a GET too.
	 */
	putEtag?: "none" | "weak" | "marked";
	/** All etags are weak, so that no If-Match can match (RFC 9110 §13.1.1). */
	weakEtags?: boolean;
	/** Stores a property more in each event, and tells no etag; `unsaid`: a strong one all the same. */
	rewrites?: true | "unsaid";
	/** Answers every PUT that succeeds with this status: 200, 202, 207. */
	putStatus?: number;
	/** Refusals stand inside a 207. */
	wrapsRefusals?: boolean;
	ignoresIfNoneMatch?: boolean;
	/** How it says that the UID is elsewhere in the calendar. 403 with the element by the book; 400 in words, as sabre. */
	uidConflict?: 403 | 409 | 400;
	/** Stores what is made under a name of its own; `Location` tells it, unless `silent`. */
	renames?: "told" | "silent";
	/** Whose writes are refused, as the account may only read. */
	readOnly?: (path: string) => boolean;
	/** Announced as `C:max-resource-size`; larger bodies are refused. */
	maxResourceSize?: number;
	/** Refused though not announced. */
	silentMaxSize?: number;
	/** Sends invitations (RFC 6638). */
	autoSchedule?: boolean;
}

export interface WriteInput {
	readonly method: "PUT" | "DELETE";
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	readonly path: string;
	readonly calendar: DavCalendar;
	/** The member's, decoded. */
	readonly name: string;
	readonly quirks: WriteQuirks;
	/** The account's own address. */
	readonly address: string;
}

export interface WriteOutcome {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Element in `DAV:`, or of CalDAV where it begins with `C:`. */
	readonly precondition?: string;
	/** The server's own words, in the way of sabre. */
	readonly sentence?: string;
	readonly invitations: readonly Invitation[];
}

/** Performs a PUT or DELETE on one member (RFC 4791 §5.3.2, RFC 9110 §13, RFC 6638 §3.2). */
export function performWrite(input: WriteInput): WriteOutcome {
	const { calendar, name, quirks, method, path } = input;
	if (quirks.readOnly?.(path)) return refused(403, "need-privileges");
	const stored = calendar.resources.get(name);
	if (!holds(input, stored)) return refused(412);
	if (method === "PUT") return put(input, stored);
	if (stored === undefined) return refused(404);
	calendar.remove(name);
	const invitations = quirks.autoSchedule ? scheduleRemoval(stored.ics, input.address) : [];
	return { status: 204, headers: {}, invitations };
}

function put(input: WriteInput, stored: StoredResource | undefined): WriteOutcome {
	const { calendar, quirks, body } = input;
	const uids = uidsIn(body);
	if (uids === null) return refused(403, "C:valid-calendar-data");
	if (uids.size !== 1 || /^METHOD[;:]/im.test(body)) return refused(403, "C:valid-calendar-object-resource");
	const limit = Math.min(quirks.maxResourceSize ?? Infinity, quirks.silentMaxSize ?? Infinity);
	if (Buffer.byteLength(body) > limit) return refused(403, "C:max-resource-size");
	const name = stored === undefined && quirks.renames !== undefined ? `own-${calendar.log.length}.ics` : input.name;
	for (const [other, { ics }] of calendar.resources) {
		if (other !== name && [...(uidsIn(ics) ?? [])].some((uid) => uids.has(uid))) return uidConflict(quirks);
	}
	const scheduled = quirks.autoSchedule
		? schedulePut({ before: stored?.ics ?? null, after: body, address: input.address, merges: hasTag(input) })
		: { type: "stored" as const, ics: body, invitations: [] };
	if (scheduled.type === "refused") return refused(403, scheduled.precondition);
	const ics = quirks.rewrites
		? scheduled.ics.replaceAll("END:VEVENT\r\n", "X-STORED-BY:server\r\nEND:VEVENT\r\n")
		: scheduled.ics;
	const now = calendar.put(name, ics);
	const isVouchedFor = ics === body || quirks.rewrites === "unsaid";
	const etag = isVouchedFor && quirks.renames !== "silent" ? etagHeader(now.etag, quirks) : null;
	return {
		status: quirks.putStatus ?? (stored === undefined ? 201 : 204),
		headers: {
			...(etag === null ? {} : { etag }),
			...(quirks.autoSchedule && isMeeting(ics) ? { "schedule-tag": now.scheduleTag } : {}),
			...(name !== input.name && quirks.renames === "told" ? { location: encodeURIComponent(name) } : {}),
		},
		invitations: scheduled.invitations,
	};
}

export const isMeeting = (ics: string): boolean => /^ORGANIZER[;:]/im.test(ics);
export const marked = (etag: string): string => etag.replace(/"$/, '-gzip"');

const hasTag = ({ headers }: WriteInput): boolean => headers["if-schedule-tag-match"] !== undefined;

function etagHeader(etag: string, { putEtag, weakEtags }: WriteQuirks): string | null {
	if (putEtag === "none") return null;
	if (putEtag === "marked") return marked(etag);
	return putEtag === "weak" || weakEtags ? `W/${etag}` : etag;
}

function holds({ headers, quirks }: WriteInput, stored: StoredResource | undefined): boolean {
	if (headers["if-none-match"] === "*" && stored !== undefined && !quirks.ignoresIfNoneMatch) return false;
	const tag = headers["if-schedule-tag-match"];
	if (tag !== undefined && quirks.autoSchedule) return stored?.scheduleTag === tag;
	const wanted = headers["if-match"];
	return wanted === undefined || (stored !== undefined && !quirks.weakEtags && wanted === stored.etag);
}

function uidConflict({ uidConflict: status = 403 }: WriteQuirks): WriteOutcome {
	if (status !== 400) return refused(status, "C:no-uid-conflict");
	const sentence = "Calendar object with uid already exists in this calendar collection.";
	return { ...refused(400), sentence };
}

function refused(status: number, precondition?: string): WriteOutcome {
	return { status, headers: {}, invitations: [], ...(precondition === undefined ? {} : { precondition }) };
}

/** Null for what is no iCalendar. */
function uidsIn(ics: string): ReadonlySet<string> | null {
	try {
		return new Set(parseCalendar(ics).groups.map(({ uid }) => uid));
	} catch (error) {
		if (error instanceof CalendarSyntaxError) return null;
		throw error;
	}
}
