/** Seeded pseudo-random numbers (mulberry32), so that a seed is a whole run. */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
	}

	/** Uniform in [0, 1). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
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
