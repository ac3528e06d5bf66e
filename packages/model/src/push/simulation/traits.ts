import type { Random } from "./random.ts";
import type { Faults } from "./world.ts";

/** How a provider behaves; drawn once a seed. */
export interface ProviderTraits {
	/** Does a second create with the same key fail, as with If-None-Match; or has it to be looked for? */
	readonly refusesSameKey: boolean;
	readonly etagInAnswers: boolean;
	readonly etagInListings: boolean;
	readonly rewrites: boolean;
	/** It moves events between its calendars itself, under their id. */
	readonly moves: boolean;
	/** It gives what is created a UID and a link of its own, and tells by which key that was created. */
	readonly names: boolean;
	/** Each calendar is the organizer of its events with guests. */
	readonly organizes: boolean;
	/** Ids are made of keys and stay taken, so that it tells of what it made that it was deleted since. */
	readonly keepsKeys: boolean;
	/** A series with overrides is made in several writes; until the last its key is not told. */
	readonly piecemeal: boolean;
}

/** Of a provider with one calendar. */
export function drawTraits(random: Random): ProviderTraits {
	return {
		refusesSameKey: random.chance(0.7),
		etagInAnswers: random.chance(0.7),
		etagInListings: random.chance(0.85),
		rewrites: random.chance(0.5),
		...{ moves: false, names: false, organizes: false, keepsKeys: false, piecemeal: false },
	};
}

/** Of a provider with several: one that does all of that, one that does nothing of it, or any mixture. */
export function drawMovingTraits(random: Random): ProviderTraits {
	const does = random.weighted<() => boolean>([
		[4, () => true],
		[3, () => false],
		[3, () => random.chance(0.5)],
	]);
	const draw = does ?? (() => false);
	const names = draw();
	return {
		...drawTraits(random),
		...{ moves: draw(), names, organizes: draw(), keepsKeys: draw(), piecemeal: names && draw() },
	};
}

const FULL: Faults = {
	requestLost: 0.1,
	answerLost: 0.15,
	duplicated: 0.1,
	delayed: 0.1,
	serverError: 0.1,
	rateLimited: 0.08,
	refused: 0.08,
	signedOut: 0.03,
	kill: 0.1,
	churn: 0.1,
	contention: 0.8,
	cursorExpiry: 0.05,
};

export const NO_FAULTS: Faults = {
	requestLost: 0,
	answerLost: 0,
	duplicated: 0,
	delayed: 0,
	serverError: 0,
	rateLimited: 0,
	refused: 0,
	signedOut: 0,
	kill: 0,
	churn: 0,
	contention: 0,
	cursorExpiry: 0,
};

/** A random part of the faults, so that some seeds have few and reach far. */
export function drawFaults(random: Random): Faults {
	const on = (chance: number): number => (random.chance(0.5) ? chance * (0.5 + random.next()) : 0);
	return {
		requestLost: on(FULL.requestLost),
		answerLost: on(FULL.answerLost),
		duplicated: on(FULL.duplicated),
		delayed: on(FULL.delayed),
		serverError: on(FULL.serverError),
		rateLimited: on(FULL.rateLimited),
		refused: on(FULL.refused),
		signedOut: on(FULL.signedOut),
		kill: on(FULL.kill),
		churn: on(FULL.churn),
		contention: random.chance(0.15) ? FULL.contention : 0,
		cursorExpiry: on(FULL.cursorExpiry),
	};
}
