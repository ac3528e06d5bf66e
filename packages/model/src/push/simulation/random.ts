import { seededRandom } from "../../random.ts";

/** Seeded pseudo-random numbers, so that a seed is a whole run. */
export class Random {
	/** Uniform in [0, 1). */
	readonly next: () => number;

	constructor(seed: number) {
		this.next = seededRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b));
	}

	/** Uniform in 0 … below - 1. */
	int(below: number): number {
		return Math.floor(this.next() * below);
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(list: readonly T[]): T | undefined {
		return list[this.int(list.length)];
	}

	/** One of the entries, by weight. */
	weighted<T>(entries: readonly (readonly [weight: number, value: T])[]): T | undefined {
		let at = this.next() * entries.reduce((sum, [weight]) => sum + weight, 0);
		for (const [weight, value] of entries) {
			at -= weight;
			if (at < 0) return value;
		}
		return entries.at(-1)?.[1];
	}
}
