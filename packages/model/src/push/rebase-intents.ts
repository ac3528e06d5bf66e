import { followMade } from "../merge/follow-made.ts";
import type { LostEdit, MergeInput, MergeResult, ResourceEvents } from "../merge/lost-edit.ts";
import { mergeResource } from "../merge/merge-resource.ts";
import { sameContent } from "../merge/same-content.ts";
import type { PushKind, Rebase, RebaseIntent, Settle } from "./push-types.ts";

/**
 * Puts the intents of a resource, oldest first, onto what the provider was found to have. Each `base` and `wanted` is
 * merged onto the outcome of the one before. One that has nothing left to do is settled: the provider has it already, or
 * has something in its place, which is then in `lost`. Doing it again on the same `remote` changes nothing.
 *
 * Whoever stores the result raises the fence of the intents that are `rebased`, and of one that is being sent, so that an
 * answer to what was sent for them before settles nothing; their `attempts` stay, so that the provider is asked first.
 */
export function rebaseIntents<Intent extends RebaseIntent>(
	remote: ResourceEvents,
	intents: readonly Intent[],
): Rebase<Intent> {
	return rebase(remote, intents, mergeResource);
}

/**
 * What remains of a resource's intents when the oldest has been settled. What the provider made of our own write is not
 * somebody's edit: where a later intent changes the same field, that wins.
 * @param rest the intents after the settled one, oldest first
 * @param settled what has been settled: where that was a creation, the later ones follow it to the UID that it was given
 */
export function settleIntents<Intent extends RebaseIntent>(
	{ events, sent }: Pick<Settle, "events" | "sent">,
	rest: readonly Intent[],
	settled: Pick<RebaseIntent, "kind" | "base" | "wanted">,
): Rebase<Intent> {
	const given = new Map(rest.map((intent) => [intent.id, intent]));
	const named = followWritten(rest, settled, events);
	if (sent === undefined || sent === null) {
		const onFound = rebase(events, named, mergeResource);
		const intents = onFound.intents.map((one) => ({ ...one, rebased: differs(given.get(one.id), one) }));
		return { ...onFound, intents };
	}
	const onSent = rebase(followMade(sent, sent, events), named, mergeResource);
	const onStored = rebase(events, onSent.intents, mergeOverAnswer);
	const lostBefore = new Map(onSent.intents.map(({ id, lost }) => [id, lost]));
	return {
		intents: onStored.intents.map((intent) => ({
			...intent,
			rebased: differs(given.get(intent.id), intent),
			lost: lostBefore.get(intent.id) ?? [],
		})),
		settled: [...onSent.settled, ...onStored.settled.map(({ id }) => ({ id, lost: lostBefore.get(id) ?? [] }))],
		shown: onStored.shown,
	};
}

/**
 * A create that the provider has agreed to while a pull of the calendar was at work, from the claim to now: the pull may
 * have passed over that it was deleted there again, as it did not know it yet. It stays the resource's oldest intent in
 * this form, and the row's etag is forgotten, so that it is read once more; nothing is written unless it has changed.
 */
export function lookAgain<Intent extends RebaseIntent>(intent: Intent, events: ResourceEvents): Intent {
	return { ...intent, kind: "update", base: events, wanted: events };
}

/** What was wanted after a creation or change, as the provider names what it made, moved or gave its first guests. */
function followWritten<Intent extends RebaseIntent>(
	later: readonly Intent[],
	{ kind, base, wanted }: Pick<RebaseIntent, "kind" | "base" | "wanted">,
	made: ResourceEvents,
): readonly Intent[] {
	if (kind === "delete") return later;
	const sent = kind === "create" ? (base ?? wanted) : wanted;
	const follow = (of: ResourceEvents) => followMade(of, sent, made);
	return later.map((intent) => ({ ...intent, base: follow(intent.base), wanted: follow(intent.wanted) }));
}

type Merge = (input: MergeInput) => MergeResult;

/** The later local edit wins over the provider's form of an earlier one. */
const mergeOverAnswer: Merge = ({ base, local, remote }) => {
	const { events } = mergeResource({ base, local: remote, remote: local });
	return { events: sameContent(events, remote) ? remote : events, lost: [] };
};

function rebase<Intent extends RebaseIntent>(
	remote: ResourceEvents,
	intents: readonly Intent[],
	merge: Merge,
): Rebase<Intent> {
	const kept: (Intent & { readonly rebased: boolean; readonly lost: readonly LostEdit[] })[] = [];
	const settled: { readonly id: string; readonly lost: readonly LostEdit[] }[] = [];
	let current = remote;
	let shown = remote;
	const [first, ...later] = intents;
	const named = first === undefined ? [] : [first, ...followWritten(later, first, remote)];
	const given = new Map(intents.map((intent) => [intent.id, intent]));
	for (const [index, intent] of named.entries()) {
		const base = current;
		const unmade = intent.kind === "create" && current === null;
		const { events, lost } =
			unmade || isLeaving(intent) ? { events: intent.wanted, lost: [] } : merge(sidesOf(intent, index, current));
		if (sameContent(events, current)) {
			settled.push({ id: intent.id, lost });
			continue;
		}
		const moved = unmade ? intent : { ...intent, kind: kindOf(base, events), base, wanted: events };
		kept.push({ ...moved, rebased: differs(given.get(intent.id), moved), lost });
		current = events;
		if (!(intent.state === "failed" && events === null)) shown = events;
	}
	return { intents: kept, settled, shown: kept.length === 0 ? current : shown };
}

/**
 * The oldest create that meets its resource was done, perhaps under a UID of the provider's, as was an update that made its
 * resource anew; one behind others meets what
 * somebody else kept there, and has no part in it.
 */
function sidesOf({ kind, base, wanted, onlyHere }: RebaseIntent, index: number, remote: ResourceEvents): MergeInput {
	const isMade = kind === "create" || (kind === "update" && onlyHere === true);
	if (!isMade || index !== 0) return { base, local: wanted, remote };
	const sent = kind === "create" ? (base ?? wanted) : wanted;
	return { base: followMade(sent, sent, remote), local: followMade(wanted, sent, remote), remote };
}

/** What the provider moves goes along as it is found, with what was changed in it. */
function isLeaving({ kind, move }: RebaseIntent): boolean {
	return kind === "delete" && move?.role === "leaves";
}

function kindOf(base: ResourceEvents, wanted: ResourceEvents): PushKind {
	if (base === null) return "create";
	return wanted === null ? "delete" : "update";
}

function differs(before: RebaseIntent | undefined, after: RebaseIntent): boolean {
	return (
		before === undefined ||
		before.kind !== after.kind ||
		!sameContent(before.base, after.base) ||
		!sameContent(before.wanted, after.wanted)
	);
}
