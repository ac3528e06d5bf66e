import type { Bug } from "./bugs.ts";
import type { Coverage, Sometimes } from "./coverage.ts";
import type { Oracle } from "./oracle.ts";
import type { Account } from "./provider.ts";
import type { Random } from "./random.ts";
import type { ProviderTraits } from "./traits.ts";

/** Chances of what goes wrong; a random part of them is zero in each seed. */
export interface Faults {
	readonly requestLost: number;
	readonly answerLost: number;
	readonly duplicated: number;
	readonly delayed: number;
	readonly serverError: number;
	readonly rateLimited: number;
	readonly refused: number;
	readonly signedOut: number;
	readonly kill: number;
	readonly churn: number;
	/** The resource moves just before our write comes in. */
	readonly contention: number;
	readonly cursorExpiry: number;
}

/** What a run of the simulation is made of; all randomness and time is here. */
export interface World {
	readonly seed: number;
	readonly random: Random;
	readonly oracle: Oracle;
	readonly account: Account;
	readonly traits: ProviderTraits;
	readonly cover: Coverage;
	readonly bug: Bug | null;
	faults: Faults;
	/** Epoch milliseconds. */
	now: number;
	/** Requests that are still on their way, although nobody waits for them. */
	readonly underway: (() => void)[];
	/** What happened, for the hash and for whoever looks into a failing seed. */
	readonly trace: (line: string) => void;
}

export function hasBug(world: World, bug: Bug): boolean {
	return world.bug === bug;
}

export function sometimes(world: World, name: Sometimes): void {
	world.cover.hit(name);
}
