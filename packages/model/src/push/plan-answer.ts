import type { ResourceEvents } from "../merge/lost-edit.ts";
import { pushDelay } from "./backoff.ts";
import { settled } from "./plan-push.ts";
import type { AnswerContext, PushAnswer, PushExchange, PushFailureKind, PushVerdict } from "./push-types.ts";

/**
 * - `look`: the resource is not as the row says; read it and plan again.
 * - `absent`: there is no such resource.
 * - `deleted`: it was made, and is not there any more.
 * - `later`: whether it was done is not known; try again, which begins with a look.
 * - `fail`: refused for good.
 * - `reconnect`: the account has to be signed in again first.
 */
type Reaction = "look" | "absent" | "deleted" | "later" | "fail" | "reconnect";

const EVERY_EXCHANGE = {
	auth_revoked: "reconnect",
	scope_missing: "fail",
	rate_limited: "later",
	cursor_expired: "later",
	forbidden: "fail",
	invalid: "fail",
	unavailable: "later",
} as const;

/** What each failure of each exchange means: a full record, so that a new kind or exchange has to be decided here. */
const REACTIONS: Readonly<Record<PushExchange["type"], Readonly<Record<PushFailureKind, Reaction>>>> = {
	// What is to be made anew is looked for as what was made.
	read: { ...EVERY_EXCHANGE, precondition_failed: "later", not_found: "absent", gone: "deleted" },
	find_created: { ...EVERY_EXCHANGE, precondition_failed: "later", not_found: "absent", gone: "deleted" },
	read_origin: { ...EVERY_EXCHANGE, precondition_failed: "later", not_found: "absent", gone: "absent" },
	find_moved: { ...EVERY_EXCHANGE, precondition_failed: "later", not_found: "absent", gone: "absent" },
	move: { ...EVERY_EXCHANGE, precondition_failed: "look", not_found: "look", gone: "look" },
	// Nothing to create it in.
	create: { ...EVERY_EXCHANGE, precondition_failed: "look", not_found: "fail", gone: "fail" },
	update: { ...EVERY_EXCHANGE, precondition_failed: "look", not_found: "look", gone: "look" },
	remove: { ...EVERY_EXCHANGE, precondition_failed: "look", not_found: "absent", gone: "absent" },
};

/** Exchanges of one claim, so that a resource that changes all the time does not hold its worker. */
export const MAX_EXCHANGES = 8;

/** Claims after which a provider that refuses each write as out of date, and changes nothing, counts as refusing it. */
const MAX_STALE_ATTEMPTS = 20;

/** What the answer to an exchange means for the intent. */
export function planAnswer(exchange: PushExchange, answer: PushAnswer, context: AnswerContext): PushVerdict {
	if (answer.type === "answered") return afterSuccess(exchange, answer.events);
	const reaction = isNowhereToGo(exchange, answer.kind) ? "fail" : REACTIONS[exchange.type][answer.kind];
	switch (reaction) {
		case "fail":
		case "reconnect":
			return { type: reaction };
		case "absent":
			return afterSuccess(exchange, null);
		case "deleted":
			return { type: "again", view: { seen: "deleted" } };
		case "look":
			if (context.exchanges < MAX_EXCHANGES) return { type: "again", view: { seen: "unsure" } };
			return context.attempts > MAX_STALE_ATTEMPTS ? { type: "fail" } : later(answer.kind, undefined, context);
		case "later":
			return later(answer.kind, answer.retryAfter, context);
	}
}

function afterSuccess(exchange: PushExchange, events: ResourceEvents): PushVerdict {
	switch (exchange.type) {
		case "read":
		case "find_created":
		case "find_moved":
		case "move":
			return { type: "again", view: { seen: "read", events } };
		case "read_origin":
			return { type: "again", view: { seen: "origin", there: events !== null } };
		case "create":
		case "update":
			return { ...settled(events, exchange.lost), sent: exchange.events };
		case "remove":
			return { ...settled(null, exchange.lost), sent: null };
	}
}

/** What was just seen is not what a move lacks: it is the calendar to move it to. */
function isNowhereToGo(exchange: PushExchange, kind: PushFailureKind): boolean {
	return exchange.type === "move" && exchange.sure && (kind === "not_found" || kind === "gone");
}

function later(kind: PushFailureKind, retryAfter: number | undefined, context: AnswerContext): PushVerdict {
	const { now, since, attempts, random } = context;
	const waited = since === undefined ? undefined : now - since;
	return { type: "later", at: now + pushDelay(kind, attempts, random(), retryAfter, waited) };
}
