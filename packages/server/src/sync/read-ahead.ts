/**
 * Asks for the next item while the current one is being worked on, so that fetching, mapping and writing overlap.
 * Whoever leaves early has to abort what the source waits for; nobody waits for it here.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
	const iterator = source[Symbol.asyncIterator]();
	const ask = () => {
		const answer = iterator.next();
		// Its failure is thrown when its turn comes; until then it must not count as unhandled.
		answer.catch(() => {});
		return answer;
	};
	let finished = false;
	try {
		let next = ask();
		for (;;) {
			const { done, value } = await next;
			if (done === true) {
				finished = true;
				return;
			}
			next = ask();
			yield value;
		}
	} finally {
		if (!finished) iterator.return?.().catch(() => {});
	}
}
