import { followMade } from "../merge/follow-made.ts";
import type { LostEdit, ResourceEvents } from "../merge/lost-edit.ts";
import { mergeResource } from "../merge/merge-resource.ts";
import { sameContent } from "../merge/same-content.ts";
import type { PushIntent, PushStep, PushView, Settle, WaitedEnd, WaitVerdict } from "./push-types.ts";

/**
 * The next step for a claimed intent. What may have been written before is looked up first; what has changed there is
 * merged; what is there already is not written. Called again with the view that `planAnswer` gives until it settles.
 */
export function planPush(intent: PushIntent, view: PushView): PushStep {
	if (intent.waits === "waiting") return { type: "wait" };
	if (intent.waits === "lost") return { type: "settle", outcome: "dropped", events: null, lost: [] };
	const unsure = intent.attempts > 1 || view.seen === "unsure" || (view.seen === "stored" && view.etag === null);
	switch (intent.kind) {
		case "create":
			if (intent.move?.role === "arrives") return planArrival(intent, view);
			if (view.seen === "read") return planFoundCreate(intent, view.events);
			if (view.seen === "deleted") return planMerged({ ...intent, base: intent.base ?? intent.wanted }, null);
			return intent.attempts > 1 || view.seen === "unsure" ? { type: "find_created" } : create(intent.wanted);
		case "update":
			if (view.seen === "deleted") return planMerged(intent, null);
			if (view.seen === "read")
				return intent.onlyHere ? planAnew(intent, view.events) : planMerged(intent, view.events);
			if (unsure) return { type: "read" };
			if (sameContent(intent.base, intent.wanted)) return settled(intent.base, []);
			return write(intent.wanted, []);
		case "delete":
			// It has arrived, which was waited for.
			if (intent.move?.role === "leaves") return settled(null, []);
			if (view.seen === "deleted") return planMerged(intent, null);
			if (view.seen === "read") return planMerged(intent.onlyHere ? asMade(intent, view.events) : intent, view.events);
			return unsure ? { type: "read" } : { type: "remove", lost: [] };
	}
}

/**
 * The provider moves what is there, whatever it holds by now; what was changed besides is merged into what arrives. Where
 * a move may have been sent before, the old calendar is asked: what is no more there has arrived, or is gone.
 */
function planArrival(intent: PushIntent, view: PushView): PushStep {
	if (view.seen === "read") return planMerged(intent, view.events);
	if (view.seen === "origin") {
		if (!view.there) return { type: "find_moved" };
		// Who deleted it meanwhile deletes it there.
		return intent.wanted === null ? settled(null, []) : { type: "move", sure: true };
	}
	const isUnsure = intent.attempts > 1 || view.seen === "unsure";
	return isUnsure ? { type: "read_origin" } : { type: "move", sure: false };
}

/**
 * What an earlier attempt made is ours, so that whatever differs from it now was changed there since. Where the intent
 * took the place of another of the same key, that one's wish may be what was made.
 */
function planFoundCreate(intent: PushIntent, found: ResourceEvents): PushStep {
	if (found === null) return create(intent.wanted);
	const sent = intent.base ?? intent.wanted;
	return planMerged(
		{ ...intent, base: followMade(sent, sent, found), wanted: followMade(intent.wanted, sent, found) },
		found,
	);
}

/** What a person kept, though the provider has it no more, is made there anew; what is there again is changed. */
function planAnew(intent: PushIntent, found: ResourceEvents): PushStep {
	if (found === null) return create(intent.wanted);
	const { base, wanted } = intent;
	return planMerged(
		{ ...intent, base: followMade(base, wanted, found), wanted: followMade(wanted, wanted, found) },
		found,
	);
}

/** What is deleted here was made anew, perhaps under another UID. */
function asMade(intent: PushIntent, found: ResourceEvents): PushIntent {
	return { ...intent, base: followMade(intent.base, intent.base, found) };
}

function planMerged({ base, wanted }: PushIntent, remote: ResourceEvents): PushStep {
	const { events, lost } = mergeResource({ base, local: wanted, remote });
	return sameContent(events, remote) ? settled(remote, lost) : write(events, lost);
}

function create(events: ResourceEvents): PushStep {
	return events === null ? settled(null, []) : { type: "create", events, lost: [] };
}

function write(events: ResourceEvents, lost: readonly LostEdit[]): PushStep {
	return events === null ? { type: "remove", lost } : { type: "update", events, lost };
}

/** The end of an intent whose resource is `events` at the provider. */
export function settled(events: ResourceEvents, lost: readonly LostEdit[]): Settle {
	return { type: "settle", outcome: lost.length > 0 ? "conflict" : "done", events, lost };
}

/**
 * What the end of an intent means for one that waits for it: the part of a series that `following` splits off must not be
 * made where the old series was not cut, or everything after the cut would be there twice.
 */
export function waitVerdict(end: WaitedEnd): WaitVerdict {
	if (end.type === "failed") return "fail";
	if (end.type === "discarded" || end.type === "put_back") return "drop";
	const uncut = end.lost.some(({ originalStart, fields }) => originalStart === null && fields.includes("recurrence"));
	return uncut ? "drop" : "go";
}

/**
 * May what a pull read be older than our last write of the resource? Then it is read anew before it is applied, also
 * where the pull says that it is gone.
 * @param noted `write_seq` of the calendar when the reading began
 * @param stamp `write_seq` of the resource
 */
export function mayBeOlder(noted: number, stamp: number): boolean {
	return stamp > noted;
}
