import type { Logger } from "pino";

/** What is to be ended: first, all at once, what still does work; then, newest first, what that work stood on. */
export class Shutdown {
	readonly #log: Logger;
	readonly #working: (() => Promise<void>)[] = [];
	readonly #standing: (() => Promise<void>)[] = [];
	#done: Promise<void> | null = null;

	constructor(log: Logger) {
		this.#log = log;
	}

	first(end: () => Promise<void>): void {
		this.#working.push(end);
	}

	last(end: () => Promise<void>): void {
		this.#standing.push(end);
	}

	run(): Promise<void> {
		this.#done ??= this.#end();
		return this.#done;
	}

	async #end(): Promise<void> {
		const report = (error: unknown) => this.#log.error({ err: error }, "a part did not stop cleanly");
		await Promise.all(this.#working.map((end) => end().catch(report)));
		for (const end of this.#standing.toReversed()) await end().catch(report);
	}
}
