import { createHash } from "node:crypto";
import { CalendarSyntaxError, type ParsedCalendar, type ParsedGroup, parseCalendar } from "@kalends/model";
import { ProviderFailure, type ProviderFailureReason } from "../port/failure.ts";
import type { RemoteResource } from "../port/provider.ts";
import { breathe } from "../shared/breathe.ts";
import { batches, skeleton } from "./feed-batches.ts";
import { type ScannedFeed, scanFeed } from "./feed-scan.ts";

export type FeedProperties = Pick<ParsedCalendar, "name" | "timeZone" | "color" | "refreshInterval">;

export interface ReadOptions {
	readonly feedId: string;
	/** Zone of times whose own zone nothing defines; IANA. */
	readonly defaultZone: string | null;
}

/** Some resources of a feed: those that are new or changed, and the ids of those that are as known. */
export interface FeedSlice {
	readonly changed: readonly RemoteResource[];
	readonly unchanged: readonly string[];
	readonly isLast: boolean;
}

/**
 * Judges a body by its structure alone.
 * @throws ProviderFailure incomplete_answer where it is empty or has lost its end, not_a_calendar where it is
 * something else, too_large where it has too many components
 */
export async function examineFeed(body: Uint8Array, host: string): Promise<ScannedFeed> {
	const feed = await scanFeed(body);
	if (feed.calendars.length === 0) {
		const isBlank = body.every((byte) => byte <= 0x20);
		throw isBlank
			? broken("incomplete_answer", `${host} answered with an empty body`)
			: broken("not_a_calendar", `${host} answered with something that is no calendar`);
	}
	if (!feed.isWhole) throw broken("incomplete_answer", `the calendar from ${host} is cut off before END:VCALENDAR`);
	return feed;
}

/** What the feed says of itself. */
export function feedProperties(feed: ScannedFeed): FeedProperties {
	const { name, timeZone, color, refreshInterval } = parsed(skeleton(feed), {});
	return { name, timeZone, color, refreshInterval };
}

/**
 * Reads a feed slice by slice, 250 resources each and the last with the rest, pausing for others on the way.
 *
 * Some feeds give every event another UID each time. What is new by its id and known by its content takes the place of
 * a resource that the feed no longer has: nothing has changed then.
 */
export async function* readSlices(
	feed: ScannedFeed,
	known: ReadonlyMap<string, string | null>,
	options: ReadOptions,
): AsyncGenerator<FeedSlice> {
	const seen = new Set<string>();
	const idsByContent = Map.groupBy(known.keys(), (id) => known.get(id) ?? "");
	const perhapsKnown: RemoteResource[] = [];
	let slice = emptySlice();
	for (const { text, warnings } of batches(feed)) {
		await breathe();
		for (const group of parsed(text, options).groups) {
			const id = resourceId(group.uid);
			if (seen.has(id)) continue;
			seen.add(id);
			if (isFull(slice)) {
				yield { ...slice, isLast: false };
				slice = emptySlice();
			}
			const resource = changedResource(id, group, warnings, known.get(id));
			if (resource === null) slice.unchanged.push(id);
			else if (isRecognised(resource, known, idsByContent) && perhapsKnown.length < MOST_HELD) {
				perhapsKnown.push(resource);
			} else slice.changed.push(resource);
		}
	}
	for (const resource of perhapsKnown) {
		if (isFull(slice)) {
			yield { ...slice, isLast: false };
			slice = emptySlice();
		}
		const ids = idsByContent.get(resource.etag ?? "") ?? [];
		let id = ids.pop();
		while (id !== undefined && seen.has(id)) id = ids.pop();
		if (id === undefined) slice.changed.push(resource);
		else slice.unchanged.push(id);
	}
	yield { ...slice, isLast: true };
}

/** Held until the whole feed is read, as only then it is known what it no longer has; bounds memory. */
const MOST_HELD = 5_000;

function isRecognised(
	{ id, etag }: RemoteResource,
	known: ReadonlyMap<string, string | null>,
	idsByContent: ReadonlyMap<string, readonly string[]>,
): boolean {
	return !known.has(id) && etag !== null && idsByContent.has(etag);
}

function isFull({ changed, unchanged }: ReturnType<typeof emptySlice>): boolean {
	return changed.length + unchanged.length >= SLICE;
}

const SLICE = 250;

function emptySlice(): { readonly changed: RemoteResource[]; readonly unchanged: string[] } {
	return { changed: [], unchanged: [] };
}

/** Null where it is as known, or nothing of it can be read: then what was read before stays. */
function changedResource(
	id: string,
	group: ParsedGroup,
	warnings: readonly string[],
	before: string | null | undefined,
): RemoteResource | null {
	const etag = group.contentHash();
	if (before === etag || (group.events.length === 0 && before !== undefined)) return null;
	return {
		id,
		etag,
		scheduleTag: null,
		raw: group.raw(),
		events: group.events,
		warnings: [...group.warnings, ...warnings],
	};
}

/** The UID, or its hash where it is too long to be looked up by or has control characters. */
function resourceId(uid: string): string {
	if (uid.length <= 255 && !/\p{Cc}/u.test(uid)) return uid;
	return `sha256-${createHash("sha256").update(uid).digest("hex")}`;
}

function parsed(text: Uint8Array, options: Partial<ReadOptions>): ParsedCalendar {
	try {
		return parseCalendar(text, options);
	} catch (error) {
		if (!(error instanceof CalendarSyntaxError)) throw error;
		throw broken("malformed_answer", `the calendar cannot be read: ${error.message}`, error);
	}
}

function broken(reason: ProviderFailureReason, message: string, cause?: unknown): ProviderFailure {
	return new ProviderFailure("unavailable", { reason, message, cause });
}
