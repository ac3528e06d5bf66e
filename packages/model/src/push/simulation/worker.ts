import type { ResourceEvents } from "../../merge/lost-edit.ts";
import { planAnswer } from "../plan-answer.ts";
import { planPush } from "../plan-push.ts";
import type { PushAnswer, PushExchange, PushStep, PushView } from "../push-types.ts";
import type { Database } from "./database.ts";
import { exchange } from "./network.ts";
import { Violation } from "./oracle.ts";
import type { Author, RemoteState } from "./provider.ts";
import { refuseClaim } from "./refusing.ts";
import type { Intent, Row } from "./rows.ts";
import { settleClaim } from "./settling.ts";
import { hasBug, sometimes, type World } from "./world.ts";

/** How long a claim holds, milliseconds. */
const CLAIM = 60_000;

/** Until when the provider asked to be left alone, epoch milliseconds. */
export interface Asked {
	until: number;
}

/** Claims one intent and brings it as far as it goes; ends at once where none is due. Pauses wherever others may act. */
export function* push(world: World, db: Database, asked: Asked): Generator<string, void, void> {
	const claim = db.claim(world.now + CLAIM);
	if (claim === null) return;
	world.trace(`claim ${claim.id} ${claim.rowId} ${claim.kind} ${claim.attempts} ${db.rowOf(claim).etag}`);
	if (world.now < asked.until) throw new Violation(`${claim.id} was claimed before Retry-After`);
	const row = { ...db.rowOf(claim) };
	yield "claimed";
	let view: PushView = { seen: "stored", etag: row.etag };
	let current = { id: row.remoteId, etag: row.etag };
	let found: RemoteState | null | undefined;
	for (let exchanges = 1; ; exchanges++) {
		const step = plan(world, db, claim, view);
		if (step.type === "wait") {
			sometimes(world, "waited for the cut");
			return db.release(claim, { nextAt: world.now + 15_000, attempts: claim.attempts - 1 });
		}
		if (step.type === "settle") {
			coverSettle(world, claim, view, step.lost.length > 0);
			return settleClaim(db, claim, step, claim.move?.role === "leaves" ? null : found);
		}
		// A worker that was held up longer than its claim, or lost it to a pull, is no longer the one to speak.
		const holds = world.now < claim.claimedUntil && db.held(claim) !== null;
		if (!holds && !hasBug(world, "worker does not look whether its claim still holds")) {
			sometimes(world, "claim was gone before sending");
			return;
		}
		cover(world, claim, step, view);
		world.trace(`${claim.id} ${step.type}`);
		const { answer: given, state } = yield* send(world, db, claim, row, step, current);
		const answer = bugged(world, step, given);
		world.trace(`${claim.id} ${answer.type === "failed" ? answer.kind : `answered ${state?.etag}`}`);
		if (answer.type === "failed" && answer.kind === "precondition_failed") sometimes(world, "precondition failed");
		const { attempts } = claim;
		const context = { attempts, exchanges, now: world.now, random: () => world.random.next() };
		const verdict = planAnswer(step, answer, context);
		switch (verdict.type) {
			case "settle":
				return settleClaim(db, claim, verdict, state);
			case "again":
				view = verdict.view;
				if (view.seen === "read") {
					found = state;
					if (state !== null) current = { id: state.id, etag: state.etag };
				}
				if (view.seen === "deleted") found = null;
				break;
			case "later": {
				if (answer.type === "failed" && answer.kind === "precondition_failed")
					sometimes(world, "claims spent on exchanges");
				if (answer.type === "failed" && answer.retryAfter !== undefined) {
					// The account's, whatever became of the claim.
					if (!hasBug(world, "Retry-After ignored")) db.notBefore = verdict.at;
					asked.until = world.now + answer.retryAfter * 1000;
				}
				return db.release(claim, { nextAt: verdict.at });
			}
			case "fail":
				if (refuseClaim(db, claim, step, found ?? null)) row.calendar.provider.forgetLate(claim.rowId);
				return;
			case "reconnect":
				db.signedIn = false;
				return db.release(claim, {});
		}
	}
}

function plan(world: World, db: Database, claim: Intent, view: PushView): PushStep {
	// As it was when claimed: what it waited for may have ended since, in a way that drops this one.
	const isWaiting = claim.waitsFor !== null && (!db.moves || db.intents.has(claim.waitsFor));
	const waits = isWaiting && !hasBug(world, "new series does not wait for the cut") ? "waiting" : "none";
	const intent = { ...claim, waits } as const;
	if (claim.kind === "delete") return planPush({ ...intent, waits: "none" }, view);
	if (hasBug(world, "no lookup before a retry")) return planPush({ ...intent, attempts: 1 }, view);
	if (hasBug(world, "merge ignores what was found") && view.seen === "read" && view.events !== null) {
		return planPush(intent, { seen: "read", events: claim.base });
	}
	return planPush(intent, view);
}

function send(
	world: World,
	db: Database,
	claim: Intent,
	row: Row,
	step: PushExchange,
	current: { readonly id: string | null; readonly etag: string | null },
): ReturnType<typeof exchange> {
	const { provider } = row.calendar;
	const id = current.id ?? "";
	const retried = hasBug(world, "create again under a new key") ? `.${claim.attempts}` : "";
	const key = `${claim.rowId}${retried}`;
	const author: Author = {
		effect: `${claim.id}.${claim.edits}`,
		...(claim.cut === undefined ? {} : { cut: claim.cut }),
	};
	const arrives = claim.move?.role === "arrives" ? claim.move : null;
	const origin = db.calendars.find((one) => one.id === arrives?.calendar_id)?.provider ?? provider;
	const moving = arrives?.resource ?? "";
	const find = (): RemoteState | null =>
		provider.findCreated(key, { events: claim.wanted ?? claim.base ?? [], author });
	switch (step.type) {
		case "read":
			// What has no name yet can only be looked up by what it was made of.
			if (db.moves && current.id === null) return exchange(world, find, true);
			return exchange(world, () => provider.read(id), true);
		case "find_created":
			return exchange(world, find, true);
		case "read_origin":
			return exchange(world, () => origin.read(moving), true);
		case "find_moved":
			return exchange(world, () => provider.read(moving), true);
		case "move":
			return exchange(world, () => origin.move(moving, provider, author), false);
		case "create": {
			sometimes(world, "created");
			const breaksOff = step.events.length > 1 && world.traits.piecemeal && world.faults.answerLost > 0;
			const part = breaksOff && world.random.chance(0.4);
			// Not held up: where it is found by a pull and deleted here meanwhile, it would come back.
			return exchange(
				world,
				(late) => provider.create(key, step.events, author, { late, part }),
				world.traits.refusesSameKey && !part,
				false,
			);
		}
		case "update": {
			sometimes(world, "updated");
			const etag = hasBug(world, "update without If-Match") ? null : current.etag;
			const update = (): RemoteState => {
				if (world.random.chance(world.faults.contention)) provider.churn(id);
				return provider.update(id, etag, step.events, author);
			};
			return exchange(world, update, true);
		}
		case "remove": {
			sometimes(world, "removed");
			const etag = hasBug(world, "remove without If-Match") ? null : current.etag;
			return exchange(
				world,
				() => {
					provider.remove(id, etag, author);
					return null;
				},
				true,
			);
		}
	}
}

function bugged(world: World, step: PushExchange, answer: PushAnswer): PushAnswer {
	if (answer.type === "answered") return answer;
	const written: ResourceEvents = step.type === "create" || step.type === "update" ? step.events : null;
	if (hasBug(world, "timeout counts as done") && answer.kind === "unavailable" && step.type === "update") {
		return { type: "answered", events: written };
	}
	if (hasBug(world, "gone on update counts as done") && answer.kind === "not_found") {
		return { type: "answered", events: null };
	}
	return answer;
}

function cover(world: World, intent: Intent, step: PushExchange, view: PushView): void {
	if (step.type === "read") sometimes(world, "read before writing");
	if (step.type === "find_created") sometimes(world, "looked up before creating again");
	if (step.type === "update" && view.seen === "read") {
		if (intent.kind === "update") sometimes(world, "merged without conflict");
		if (step.lost.length === 0 && intent.kind === "update") sometimes(world, "written against a new etag");
	}
	if (step.type === "remove" && view.seen === "read") sometimes(world, "deletion goes on although guests answered");
}

function coverSettle(world: World, { kind }: Intent, view: PushView, lost: boolean): void {
	if (view.seen !== "read") return;
	if (kind === "create") sometimes(world, "found what an earlier attempt created");
	else if (kind === "update" && !lost) sometimes(world, "written already");
	else if (kind === "delete" && view.events === null) sometimes(world, "deleted already");
}
