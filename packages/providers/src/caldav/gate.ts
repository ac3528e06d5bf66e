/** Lets at most `width` holders through at once; the others wait in line. */
export class Gate {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	constructor(width: number) {
		this.#free = width;
	}

	/** Waits for a place; call the answer once, to leave. Calling it again does nothing. */
	async enter(): Promise<() => void> {
		if (this.#free > 0) this.#free--;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		let left = false;
		return () => {
			if (left) return;
			left = true;
			const next = this.#waiting.shift();
			if (next === undefined) this.#free++;
			else next();
		};
	}
}

/**
 * Maps in order with up to `ahead` calls under way, starting the next ones while the consumer works on an answer.
 * Stopping early leaves no rejection unhandled.
 */
export async function* mapAhead<Item, Answer>(
	items: Iterable<Item>,
	ahead: number,
	map: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer, void, undefined> {
	const underWay: Promise<Answer>[] = [];
	const iterator = items[Symbol.iterator]();
	const start = () => {
		const next = iterator.next();
		if (next.done) return;
		const answer = map(next.value);
		answer.catch(() => {});
		underWay.push(answer);
	};
	for (let started = 0; started < ahead; started++) start();
	for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
		const answer = await next;
		start();
		yield answer;
	}
}
