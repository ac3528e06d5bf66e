import type { LostEdit, ResourceEvents } from "../merge/lost-edit.ts";

/**
 * Words of pushing:
 * - **intent**: a local write that the provider has not agreed to yet;
 * - **claim**: the right to speak of a resource to the provider; counted in `attempts`, committed before anything is sent;
 * - **step**: one exchange with the provider, or the end of the intent.
 */
export type PushKind = "create" | "update" | "delete";

/**
 * Half of a move to another calendar, of which one is a creation there, and one a deletion here that waits for it:
 * - `arrives`: a creation that the provider itself makes by moving, of what is `resource` in the calendar `calendar_id`;
 * - `leaves`: the deletion of what so moves: nothing is deleted, and it is gone once it has arrived;
 * - `refused`: a deletion that failed with the refusal to make `events` in the calendar `calendar_id`: what was to be moved is
 *   where it was, until somebody tries it again or gives it up.
 */
export type IntentMove =
	| { readonly role: "arrives"; readonly calendar_id: string; readonly resource: string }
	| { readonly role: "leaves" }
	| {
			readonly role: "refused";
			readonly calendar_id: string;
			readonly event_id: string;
			readonly events: NonNullable<ResourceEvents>;
			readonly raw: string | null;
			/** By the provider itself. */
			readonly within: boolean;
	  };

/** What has become of the intent that this one waits for; `lost`: its {@link WaitVerdict} is to drop this one. */
export type WaitState = "none" | "waiting" | "done" | "lost";

/** A claimed intent. */
export interface PushIntent {
	readonly kind: PushKind;
	/**
	 * All events of the resource before the write. Of a `create`: null, or where it took the place of another that may
	 * have been sent under the same key, what that one wanted.
	 */
	readonly base: ResourceEvents;
	/** All events of the resource after it; null for `delete`. */
	readonly wanted: ResourceEvents;
	/** Claims so far, this one included. Above 1, the provider may have it already. */
	readonly attempts: number;
	readonly waits: WaitState;
	/** What an `arrives` finds in its new calendar is merged with what it was, and is never made anew. */
	readonly move?: IntentMove | null;
	/**
	 * The provider has the resource no more, and it stays here all the same: a change of it makes it anew. A `read` finds
	 * what an earlier attempt has made so, too.
	 */
	readonly onlyHere?: boolean;
}

/** What is known of the resource at the provider, in this claim. */
export type PushView =
	/** As the row of `resources` says; `etag` null where none is known. */
	| { readonly seen: "stored"; readonly etag: string | null }
	/** A write of this claim met something else than the row says. */
	| { readonly seen: "unsure" }
	/** It was read, or looked up, in this claim; null: there is none. */
	| { readonly seen: "read"; readonly events: ResourceEvents }
	/** What an earlier attempt made was deleted again. */
	| { readonly seen: "deleted" }
	/** Of what is to be moved: whether it was still in its old calendar when it was read in this claim. */
	| { readonly seen: "origin"; readonly there: boolean };

export type SettleOutcome = "done" | "conflict" | "dropped";

/**
 * The intent ends: the resource is `events` at the provider, and `lost` goes into the history. What the row says of etag
 * and body becomes what the last exchange of the claim answered; without an exchange it stays.
 */
export interface Settle {
	readonly type: "settle";
	/** `conflict`: `lost` is not empty. `dropped`: never sent, as what it waited for has failed; delete its resource row. */
	readonly outcome: SettleOutcome;
	readonly events: ResourceEvents;
	/** What was written to bring this about, null where it was removed; absent where nothing had to be written. */
	readonly sent?: ResourceEvents;
	readonly lost: readonly LostEdit[];
}

/** One exchange with the provider. A write goes against what was read last in this claim, else what the row says. */
export type PushExchange =
	| { readonly type: "read" }
	| { readonly type: "find_created" }
	/** What is to be moved, in its old calendar; and in its new one. */
	| { readonly type: "read_origin" }
	| { readonly type: "find_moved" }
	/** `sure`: it was there a moment ago. */
	| { readonly type: "move"; readonly sure: boolean }
	| { readonly type: "create"; readonly events: NonNullable<ResourceEvents>; readonly lost: readonly LostEdit[] }
	| { readonly type: "update"; readonly events: NonNullable<ResourceEvents>; readonly lost: readonly LostEdit[] }
	| { readonly type: "remove"; readonly lost: readonly LostEdit[] };

/** `wait`: not its turn yet; release the claim. */
export type PushStep = PushExchange | Settle | { readonly type: "wait" };

/** The kinds of a provider's failures; what each means for a write is decided by `planAnswer`. */
export type PushFailureKind =
	| "auth_revoked"
	| "scope_missing"
	| "rate_limited"
	| "cursor_expired"
	| "precondition_failed"
	| "not_found"
	| "gone"
	| "forbidden"
	| "invalid"
	| "unavailable";

/** What an exchange was answered. `events` of a read or lookup: null where there is nothing. */
export type PushAnswer =
	| { readonly type: "answered"; readonly events: ResourceEvents }
	| { readonly type: "failed"; readonly kind: PushFailureKind; readonly retryAfter?: number };

/** What is to be known beside the answer. */
export interface AnswerContext {
	/** As in {@link PushIntent}. */
	readonly attempts: number;
	/** Exchanges of this claim so far, this one included. */
	readonly exchanges: number;
	/** Current instant, epoch milliseconds. */
	readonly now: number;
	/** When the write was made, epoch milliseconds. */
	readonly since?: number;
	/** Uniform in [0, 1). */
	readonly random: () => number;
}

/** What to do after an exchange. */
export type PushVerdict =
	| Settle
	/** Plan again with this view, in the same claim. */
	| { readonly type: "again"; readonly view: PushView }
	/** Release the claim; not before `at`, epoch milliseconds. `kind` is the failure's. */
	| { readonly type: "later"; readonly at: number }
	/** Refused for good: the intent is `failed` and waits for a person. */
	| { readonly type: "fail" }
	/** Release the claim; due again when the connection works again. */
	| { readonly type: "reconnect" };

/** How an intent that another waits for has ended. */
export type WaitedEnd =
	/** Also one that goes on after a rebase which lost a part of it. */
	| { readonly type: "settled"; readonly lost: readonly LostEdit[] }
	| { readonly type: "failed" }
	| { readonly type: "discarded" }
	/** A new series that was refused: the old one is whole again. */
	| { readonly type: "put_back" };

/** What that means for the one that waits: it may `go`, is to `drop` unsent, or has to `fail` with it. */
export type WaitVerdict = "go" | "drop" | "fail";

/** An intent as rebasing sees it, oldest first. */
export interface RebaseIntent {
	readonly id: string;
	readonly kind: PushKind;
	readonly base: ResourceEvents;
	readonly wanted: ResourceEvents;
	/** A `failed` deletion is not shown. */
	readonly state: "pending" | "failed";
	readonly move?: IntentMove | null;
	/** As of {@link PushIntent}; what is found is what it has made anew. */
	readonly onlyHere?: boolean;
}

export interface Rebase<Intent extends RebaseIntent = RebaseIntent> {
	/** Those that are still to be done, in order, on their new base. `rebased`: differs from what was given; raise its fence. */
	readonly intents: readonly (Intent & { readonly rebased: boolean; readonly lost: readonly LostEdit[] })[];
	/** Those that have nothing left to do. */
	readonly settled: readonly { readonly id: string; readonly lost: readonly LostEdit[] }[];
	/** What the person sees. */
	readonly shown: ResourceEvents;
}
