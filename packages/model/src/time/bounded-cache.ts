/**
 * Remembers results of a pure function; at `limit` entries the oldest goes. Keys longer than `maxKeyLength` are
 * computed anew each time, so that hostile input cannot fill the memory with keys.
 */
export function memoize<Result>(
	limit: number,
	compute: (key: string) => Result,
	maxKeyLength = 64 * 1024,
): (key: string) => Result {
	const cache = new Map<string, Result>();
	return (key) => {
		const known = cache.get(key);
		if (known !== undefined || cache.has(key)) return known as Result;
		const result = compute(key);
		if (key.length > maxKeyLength) return result;
		if (cache.size >= limit) {
			const oldest = cache.keys().next();
			if (!oldest.done) cache.delete(oldest.value);
		}
		cache.set(key, result);
		return result;
	};
}
