import type { Lease, LeaseRequest } from "./lease.ts";
import { secondsUntil, type Usage } from "./window.ts";

/** Permits that are not used by then are given up: another process may need what they stand for. */
const KEPT_MS = 15_000;

export interface PermitOptions {
	/** Units in any minute. */
	readonly limit: number;
	/** First lease; one that was used up in time is followed by one of twice as many, up to `most`. */
	readonly first: number;
	readonly most: number;
	/** Null: nothing is counted any more. */
	readonly lease: (request: LeaseRequest) => Promise<Lease | null>;
	/** Milliseconds of a clock that does not jump. */
	readonly clock: () => number;
	/** Told what the budget was at each lease. */
	readonly observe?: (usage: Usage) => void;
}

/**
 * Permits of one budget in this process, leased by the batch, so that most calls ask nobody. Who asks while a lease is
 * under way waits for that one.
 */
export class Permits {
	readonly #options: PermitOptions;
	#left = 0;
	#until = Number.NEGATIVE_INFINITY;
	#batch: number;
	#leasing: Promise<number> | null = null;

	constructor(options: PermitOptions) {
		this.#options = options;
		this.#batch = options.first;
	}

	/** Holds nothing that would be lost with it. */
	get idle(): boolean {
		return this.#leasing === null && this.#options.clock() >= this.#until;
	}

	/** @returns 0 where they were taken; else seconds after which it is worth asking again */
	async take(units: number): Promise<number> {
		for (;;) {
			if (this.#leasing === null) {
				if (this.#takeHeld(units)) return 0;
				this.#leasing = this.#lease(units).finally(() => {
					this.#leasing = null;
				});
			}
			const wait = await this.#leasing;
			if (wait > 0) return wait;
			if (this.#takeHeld(units)) return 0;
		}
	}

	/** Gives back what was taken and not used. */
	giveBack(units: number): void {
		this.#left += units;
	}

	#takeHeld(units: number): boolean {
		if (this.#left < units || this.#options.clock() >= this.#until) return false;
		this.#left -= units;
		return true;
	}

	async #lease(needed: number): Promise<number> {
		const { limit, first, most, lease, clock, observe } = this.#options;
		const live = clock() < this.#until;
		this.#batch = live ? Math.min(most, this.#batch * 2) : first;
		const granted = await lease({ wanted: Math.max(needed, this.#batch), needed, limit });
		if (granted === null) {
			this.#left = Number.POSITIVE_INFINITY;
			this.#until = Number.POSITIVE_INFINITY;
			return 0;
		}
		observe?.(granted.usage);
		if (granted.units === 0) return Math.max(0.05, secondsUntil(granted.usage, { limit, needed }));
		this.#left = granted.units + (live ? this.#left : 0);
		this.#until = clock() + KEPT_MS;
		return 0;
	}
}
