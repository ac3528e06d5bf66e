import { type PushAnswer, type PushStep, type PushView, planAnswer, planPush, refusesToMake } from "@kalends/model";
import { ProviderFailure, type RemoteResource } from "@kalends/providers";
import { writeText } from "../connections/status-text.ts";
import { isDatabaseAway, isPassing } from "../db/away.ts";
import type { RunError } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { type Judgement, judgeFailure } from "../sync/failure-policy.ts";
import { holdOff, markRefused } from "./connection-failure.ts";
import { type LastRead, performExchange } from "./exchange.ts";
import { type ClaimedIntent, IntentLost, keepClaimed, releaseIntent } from "./intent-lease.ts";
import { withoutLostMove } from "./moves.ts";
import { type Refusal, refuseIntent } from "./refuse.ts";
import { loadScene, openStage, type Scene } from "./scene.ts";
import { settleIntent } from "./settle.ts";

/**
 * How a claim ended. `last`: done, and nothing of the resource is left to do; `put_back`: a new series
 * was refused, and the old one is to be whole again; `later`: to be tried again; `away`: and so are the others of the connection; `reconnect`: once the
 * account is signed in again; `lost`: somebody else has it, or a pull settled it.
 */
export type PushEnd = "last" | "done" | "conflict" | "failed" | "put_back" | "later" | "away" | "reconnect" | "lost";

/** What a failure may say of the resource: that there is none. */
const IS_GONE: ReadonlySet<PushView["seen"]> = new Set(["read", "deleted"]);

/**
 * Brings a claimed intent to the provider: `planPush` and `planAnswer` decide each step, this performs it.
 * On abort the intent is due at once for whoever looks next; the provider is asked then what was done.
 * @param known what it goes out from, where that was read with the claim
 * @throws what a database that is away throws; the lease ends by itself then
 */
export async function pushClaimed(
	services: Services,
	taken: ClaimedIntent,
	signal: AbortSignal,
	known: Scene | null = null,
): Promise<PushEnd> {
	const claimed = withoutLostMove(taken);
	const lost = new AbortController();
	const over = new AbortController();
	keepClaimed(services.db, claimed, over.signal, () => lost.abort(new IntentLost("the lease was lost")));
	let scene = known;
	let end: PushEnd;
	try {
		scene ??= await loadScene(services, claimed);
		end = await perform(services, claimed, scene, AbortSignal.any([signal, lost.signal]));
	} catch (error) {
		if (error instanceof IntentLost) end = "lost";
		else if (signal.aborted && !isDatabaseAway(error)) end = "later";
		else throw error;
		// Where it is still ours after all (found elsewhere, aborted), it is due again at once.
		await releaseIntent(services.db, claimed, services.now());
	} finally {
		over.abort();
	}
	report(services, claimed, scene, end);
	return end;
}

async function perform(
	services: Services,
	claimed: ClaimedIntent,
	scene: Scene,
	signal: AbortSignal,
): Promise<PushEnd> {
	const { attempts, kind, base, wanted, move } = claimed;
	const since = claimed.created_at.getTime();
	// What it waited for is settled, else it could not be claimed; what is lost takes those who wait along.
	const waits = claimed.waits_for === null ? "none" : "done";
	const intent = { kind, base, wanted, attempts, move, waits, onlyHere: scene.onlyHere } as const;
	let view: PushView = { seen: "stored", etag: scene.resource.etag };
	let answered: LastRead;
	let replaced: ReturnType<typeof eventsOf> | undefined;
	for (let exchanges = 1; ; exchanges++) {
		const step: PushStep = planPush(intent, view);
		if (step.type === "wait") {
			await releaseIntent(services.db, claimed, services.now());
			return "later";
		}
		if (step.type === "settle") {
			// Of what was to be moved: what was read is in the calendar that it was to leave.
			const answer = move?.role === "leaves" || view.seen === "origin" ? null : answered;
			return settle(services, claimed, scene, { ...step, answer });
		}
		let answer: PushAnswer;
		let judgement: Judgement | null = null;
		try {
			const stage = openStage(services, scene, signal);
			if (stage.writer === null) throw notWritable();
			const before: RemoteResource | null | undefined = answered;
			replaced = before === undefined ? undefined : eventsOf(before);
			answered = await performExchange(stage.writer, stage, scene, claimed, step, before);
			answer = { type: "answered", events: eventsOf(answered) };
		} catch (error) {
			signal.throwIfAborted();
			if (isPassing(error)) throw error;
			judgement = judgePush(services, error);
			answer = failureAnswer(judgement, services.now());
		}
		const { now, random } = services;
		const verdict = planAnswer(step, answer, { attempts, exchanges, now: now(), since, random });
		switch (verdict.type) {
			case "again":
				if (judgement !== null && IS_GONE.has(verdict.view.seen)) answered = null;
				view = verdict.view;
				break;
			case "settle":
				// What is gone already counts as removed.
				if (judgement !== null) answered = null;
				return settle(services, claimed, scene, {
					...verdict,
					answer: answered,
					...(replaced === undefined ? {} : { replaced }),
				});
			case "fail":
				return refuse(services, claimed, scene, {
					error: errorOf(judgement, scene),
					unmade: refusesToMake(step),
					there:
						step.type === "update" && answered ? { resource: answered, asked: step.events, lost: step.lost } : null,
				});
			case "reconnect":
				await releaseIntent(services.db, claimed, now(), errorOf(judgement, scene));
				if (judgement !== null) await markRefused(services, scene.connection, judgement);
				return "reconnect";
			case "later":
				await releaseIntent(services.db, claimed, verdict.at, errorOf(judgement, scene));
				if (judgement?.stopsConnection !== true) return "later";
				await holdOff(services, claimed, judgement, verdict.at);
				return "away";
		}
	}
}

async function refuse(
	services: Services,
	claimed: ClaimedIntent,
	{ resource, onlyHere }: Scene,
	refusal: Omit<Refusal, "onlyHere">,
): Promise<PushEnd> {
	return (await refuseIntent(services, claimed, resource, { ...refusal, onlyHere })) ? "put_back" : "failed";
}

async function settle(
	services: Services,
	claimed: ClaimedIntent,
	scene: Scene,
	settlement: Parameters<typeof settleIntent>[3],
): Promise<PushEnd> {
	const { more } = await settleIntent(services, claimed, scene, settlement);
	if (settlement.lost.length > 0) return "conflict";
	return more ? "done" : "last";
}

function eventsOf(resource: RemoteResource | null): RemoteResource["events"] | null {
	return resource === null || resource.events.length === 0 ? null : resource.events;
}

function judgePush({ now, random }: Services, error: unknown): Judgement {
	return judgeFailure(error, { reason: null, failures: 0, now: now(), random });
}

function failureAnswer({ kind, notBefore }: Judgement, now: number): PushAnswer {
	return {
		type: "failed",
		kind,
		...(notBefore === null ? {} : { retryAfter: Math.max(0, notBefore - now) / 1000 }),
	};
}

function notWritable(): ProviderFailure {
	return new ProviderFailure("forbidden", { reason: "read_only", message: "the provider takes no writes" });
}

function errorOf(judgement: Judgement | null, { connection }: Scene): RunError {
	const reason = judgement?.reason ?? "internal";
	return { code: reason, ...writeText(reason, connection.provider, connection.consent) };
}

function report(services: Services, claimed: ClaimedIntent, scene: Scene | null, end: PushEnd): void {
	const { kind, attempts } = claimed;
	const provider = scene?.connection.provider ?? "unknown";
	const outcome = end === "last" ? "done" : end === "put_back" ? "failed" : end;
	services.metrics.pushes.inc({ provider, kind, outcome });
	const fields = {
		user_id: claimed.user_id,
		connection_id: claimed.connection_id,
		calendar_id: claimed.calendar_id,
		event_id: claimed.event_id,
		intent_id: claimed.id,
		kind,
		attempts,
		outcome,
	};
	if (outcome === "failed" || outcome === "conflict")
		services.log.warn(fields, "a local write did not come through as it was");
	else services.log.info(fields, "a local write was pushed");
}
