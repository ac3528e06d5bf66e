/**
 * Work by key: of one key one at a time, and of all keys so many. Work that is asked for while the same is under way is
 * done once more after it, so that nothing that was committed meanwhile is overlooked.
 */
export class Lanes {
	readonly #most: number;
	readonly #failed: (error: unknown) => void;
	readonly #waiting = new Map<string, () => Promise<void>>();
	readonly #running = new Map<string, Promise<void>>();
	#stopped = false;

	constructor(most: number, failed: (error: unknown) => void) {
		this.#most = most;
		this.#failed = failed;
	}

	run(key: string, work: () => Promise<void>): void {
		if (this.#stopped) return;
		this.#waiting.set(key, work);
		this.#next();
	}

	/** Begins nothing more, and waits for what is under way. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#waiting.clear();
		await Promise.all(this.#running.values());
	}

	#next(): void {
		for (const [key, work] of this.#waiting) {
			if (this.#running.size >= this.#most) return;
			if (this.#running.has(key)) continue;
			this.#waiting.delete(key);
			const running = work()
				.catch(this.#failed)
				.finally(() => {
					this.#running.delete(key);
					this.#next();
				});
			this.#running.set(key, running);
		}
	}
}
