import { Readable } from "node:stream";
import { z } from "zod";
import { authenticate } from "../accounts/authenticate.ts";
import { keyOwner } from "../accounts/directory.ts";
import { assertFollowable, feedBounds, readChanges } from "../changes/read-feed.ts";
import { isDatabaseAway } from "../db/away.ts";
import { type EndpointRequest, endpoint, type Principal } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { invalidFields } from "../http/validation.ts";
import type { Services } from "../services.ts";
import { changeEvent, HEARTBEAT, readyEvent } from "./event-stream.ts";
import type { Follower } from "./followers.ts";

export interface StreamLimits {
	/** Between two signs of life, milliseconds. Then the feed and the session are looked at anew, whatever was announced. */
	readonly heartbeatMs: number;
	/** Who takes nothing for so long is cut off, milliseconds. */
	readonly stalledMs: number;
	/** Streams of one user, and of all, that one process serves. */
	readonly ofUser: number;
	readonly ofAll: number;
}

const LIMITS: StreamLimits = { heartbeatMs: 15_000, stalledMs: 60_000, ofUser: 30, ofAll: 10_000 };
/** Changes that are read at once, and so held for one reader at the most. */
const BATCH = 200;
const RETRY_MS = 2_000;

const seqField = z.coerce
	.number("Use the seq of the last change seen, a whole number.")
	.int()
	.min(0)
	.max(Number.MAX_SAFE_INTEGER);

export const followChanges = streamEndpoint(LIMITS);

/** @param limits other ones for tests */
export function streamEndpoint(limits: StreamLimits) {
	return endpoint({
		method: "GET",
		path: "/v1/stream",
		operationId: "streamChanges",
		summary: "Be told of changes as they happen",
		description:
			"A stream of server-sent events: first `ready` with `last_seq`, then each change of the feed, named by its type, " +
			"its `seq` as id, the change as data. It begins behind `after`, or behind `Last-Event-ID`, which browsers send " +
			"by themselves when they connect again; without either with what happens from now on. 410 where it cannot go on " +
			"from there: then list everything again. It ends with the session or key that began it, and when the server " +
			"stops: connect again.",
		tag: "changes",
		access: { kind: "user", scope: "read" },
		query: z.object({ after: seqField.optional().describe("The seq of the last change seen.") }),
		headers: { "Last-Event-ID": z.string().max(40).optional().describe("In place of `after`, and before it.") },
		mediaType: "text/event-stream",
		responses: { 200: z.string() },
		async handle(request) {
			const { services, principal, query, headers } = request;
			const seen = lastEventId(headers["last-event-id"]) ?? query.after;
			const bounds = await feedBounds(services.db, principal.userId);
			if (seen !== undefined) assertFollowable(bounds, seen);
			// What an administrator reads for somebody else ends with the administrator's key.
			const owner = principal.apiKeyId === null ? null : await keyOwner(services.db, principal.apiKeyId);
			// Nothing is waited for between this and its being counted: of many at once no more are let in.
			admitOne(services, principal.userId, limits);
			return {
				status: 200,
				stream: openStream(services, request, { after: seen ?? bounds.lastSeq, owner }, limits),
				headers: {
					"content-type": "text/event-stream; charset=utf-8",
					"cache-control": "no-store, no-transform",
					// Proxies of the nginx kind would hold it back until a buffer is full.
					"x-accel-buffering": "no",
				},
			};
		},
	});
}

function admitOne({ followers, lifecycle }: Services, userId: string, limits: StreamLimits): void {
	if (lifecycle.draining) {
		throw new Problem("unavailable", "This server is stopping.", { fix: "Connect again.", retryAfter: 1 });
	}
	if (followers.countOf(userId) < limits.ofUser && followers.count < limits.ofAll) return;
	throw new Problem("rate_limited", "Too many streams are open already.", {
		fix: "Close some, or share one among pages; GET /v1/changes tells the same.",
		retryAfter: 30,
	});
}

function lastEventId(header: string | string[] | undefined): number | undefined {
	if (header === undefined || header === "") return undefined;
	const parsed = seqField.safeParse(header);
	if (parsed.success) return parsed.data;
	throw invalidFields([{ field: "Last-Event-ID", detail: "Send the id of the last event, a whole number." }]);
}

type Asked = Pick<EndpointRequest<unknown, unknown, unknown>, "headers" | "principal">;

/**
 * Pulled by the connection: nothing is read before the reader has taken what came before, so that a slow one costs one
 * batch of memory and nobody else anything.
 */
function openStream(
	services: Services,
	asked: Asked,
	{ after, owner }: { readonly after: number; readonly owner: string | null },
	limits: StreamLimits,
): Readable {
	const waiter = createWaiter();
	const { userId } = asked.principal;
	const remove = services.followers.add(userId, waiter, owner === null || owner === userId ? undefined : owner);
	const texts = textsOf(services, asked, after, waiter, limits.heartbeatMs);
	let stalled: NodeJS.Timeout | undefined;
	return new Readable({
		// Of what is pushed, so that the next is asked for when this one was taken.
		highWaterMark: 1,
		read() {
			clearTimeout(stalled);
			texts.next().then(
				({ done, value }) => {
					if (this.destroyed) return;
					if (done !== true) stalled = setTimeout(() => this.destroy(), limits.stalledMs);
					this.push(done === true ? null : value);
				},
				(error: Error) => this.destroy(error),
			);
		},
		destroy(error, callback) {
			clearTimeout(stalled);
			remove();
			waiter.end();
			callback(error);
		},
	});
}

async function* textsOf(
	services: Services,
	asked: Asked,
	after: number,
	waiter: Waiter,
	heartbeatMs: number,
): AsyncGenerator<string, void, undefined> {
	const { userId } = asked.principal;
	yield readyEvent(after, RETRY_MS);
	for (let last = after; ; ) {
		try {
			if (waiter.ended || !(await isStillAllowed(services, asked))) return;
			const changes = await readChanges(services.db, userId, { after: last, limit: BATCH });
			const [first] = changes;
			// What came between is no longer kept: who connects again is told so.
			if (first !== undefined && first.seq !== last + 1) return;
			if (changes.length > 0) yield changes.map(changeEvent).join("");
			last = changes.at(-1)?.seq ?? last;
			if (changes.length === BATCH) continue;
		} catch (error) {
			const fields = { user_id: userId, err: error };
			if (isDatabaseAway(error)) services.log.debug(fields, "a stream ends as the database is away");
			else services.log.error(fields, "a stream broke off");
			return;
		}
		if (!(await waiter.wait(heartbeatMs))) yield HEARTBEAT;
	}
}

/** As a new request would be judged: the session may have ended, the key been deleted, the user banned. */
async function isStillAllowed(services: Services, { headers, principal }: Asked): Promise<boolean> {
	const text = (name: string) => {
		const value = headers[name];
		return Array.isArray(value) ? value.join() : value;
	};
	try {
		const now: Principal = await authenticate(services, {
			authorization: text("authorization"),
			cookie: text("cookie"),
			actFor: text("kalends-user"),
		});
		return now.userId === principal.userId && now.scopes.includes("read");
	} catch (error) {
		if (error instanceof Problem) return false;
		throw error;
	}
}

interface Waiter extends Follower {
	readonly ended: boolean;
	/** @returns true when it was woken, or ended; false when the time is over */
	wait(milliseconds: number): Promise<boolean>;
}

/** What wakes it while nobody waits is remembered: a change committed during a read is read next. */
function createWaiter(): Waiter {
	let woken = false;
	let ended = false;
	let resolve: ((value: boolean) => void) | null = null;
	const rouse = () => {
		woken = true;
		resolve?.(true);
	};
	return {
		get ended() {
			return ended;
		},
		wake: rouse,
		end: () => {
			ended = true;
			rouse();
		},
		wait: async (milliseconds) => {
			if (!woken && !ended) {
				const waiting = Promise.withResolvers<boolean>();
				resolve = waiting.resolve;
				const timer = setTimeout(() => waiting.resolve(false), milliseconds);
				await waiting.promise;
				clearTimeout(timer);
				resolve = null;
			}
			const was = woken || ended;
			woken = false;
			return was;
		},
	};
}
