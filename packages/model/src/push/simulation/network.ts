import type { PushAnswer, PushFailureKind } from "../push-types.ts";
import { Refused, type RemoteState } from "./provider.ts";
import { type Faults, sometimes, type World } from "./world.ts";

/** The provider's part of a request; `late`: it was held up, or is a second copy. */
export type Perform = (late: boolean) => RemoteState | null;

export interface Exchange {
	readonly answer: PushAnswer;
	/** What it said of the resource. */
	readonly state: RemoteState | null;
}

const FAULT_NAMES = [
	"requestLost",
	"answerLost",
	"duplicated",
	"delayed",
	"serverError",
	"rateLimited",
	"refused",
	"signedOut",
] as const satisfies readonly (keyof Faults)[];

type Fault = (typeof FAULT_NAMES)[number];

/**
 * Sends a request over a network that loses, doubles and delays, to a provider that fails at times.
 * Pauses after the provider's part, and before where `held`, so that anything can come between.
 * @param idempotent may it arrive late or twice? Not a create, where the provider does not know its key again: nothing but
 * a short way protects from that
 */
export function* exchange(
	world: World,
	perform: Perform,
	idempotent: boolean,
	held = true,
): Generator<string, Exchange, void> {
	if (held) yield "sent";
	const fault = FAULT_NAMES.find((name) => world.random.chance(world.faults[name])) ?? null;
	const done = faulty(world, perform, fault, idempotent);
	yield "answered";
	return done;
}

function faulty(world: World, perform: Perform, fault: Fault | null, idempotent: boolean): Exchange {
	switch (fault) {
		case "requestLost":
			sometimes(world, "request lost");
			return failed("unavailable");
		case "answerLost":
			sometimes(world, "answer lost");
			answered(perform);
			return failed("unavailable");
		case "serverError":
			sometimes(world, "server error");
			return failed("unavailable");
		case "rateLimited":
			sometimes(world, "rate limited");
			return failed("rate_limited", 90);
		case "refused":
			sometimes(world, "refused");
			return failed(world.random.chance(0.5) ? "forbidden" : "invalid");
		case "signedOut":
			sometimes(world, "signed out");
			return failed("auth_revoked");
		case "delayed":
			if (!idempotent) return answered(perform);
			sometimes(world, "request delayed");
			world.underway.push(() => {
				sometimes(world, "delayed request arrived");
				answered(perform, true);
			});
			return failed("unavailable");
		case "duplicated": {
			const exchange = answered(perform);
			if (idempotent) {
				sometimes(world, "request duplicated");
				world.underway.push(() => void answered(perform, true));
			}
			return exchange;
		}
		case null:
			return answered(perform);
	}
}

function answered(perform: Perform, late = false): Exchange {
	try {
		const state = perform(late);
		return { answer: { type: "answered", events: state?.events ?? null }, state };
	} catch (error) {
		if (!(error instanceof Refused)) throw error;
		return failed(error.kind);
	}
}

function failed(kind: PushFailureKind, retryAfter?: number): Exchange {
	return { answer: { type: "failed", kind, ...(retryAfter === undefined ? {} : { retryAfter }) }, state: null };
}
