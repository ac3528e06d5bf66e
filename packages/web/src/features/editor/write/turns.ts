/**
 * Writes of one series go one after the other, each on what the one before it left: what this person changed a moment ago
 * is no conflict with themselves, however old the list is that they look at.
 */

const waiting = new Map<string, Promise<void>>();
const takingBack = new Map<string, { readonly order: number; readonly begin: () => void }[]>();

/** Waits until nobody else writes the series. @returns ends the turn */
export async function takeTurn(series: string): Promise<() => void> {
	const before = waiting.get(series);
	const mine = Promise.withResolvers<void>();
	waiting.set(series, mine.promise);
	await before;
	return () => {
		mine.resolve();
		if (waiting.get(series) !== mine.promise) return;
		waiting.delete(series);
		nextBack(series);
	};
}

/**
 * A turn for an undo: after every write, and before the undos of what was written earlier, in whichever order they were
 * asked for.
 * @param order of what is undone: higher for what was written later
 */
export function takeTurnBack(series: string, order: number): Promise<() => void> {
	return new Promise((resolve) => {
		const mine = { order, begin: () => resolve(takeTurn(series)) };
		takingBack.set(
			series,
			[...(takingBack.get(series) ?? []), mine].sort((one, other) => one.order - other.order),
		);
		if (!waiting.has(series)) nextBack(series);
	});
}

function nextBack(series: string): void {
	const next = takingBack.get(series)?.pop();
	if (next === undefined) takingBack.delete(series);
	else next.begin();
}

/** Once every write of the series that is under way has ended. */
export async function turnsOver(series: string): Promise<void> {
	await waiting.get(series);
}

/** Which etag stands for an older one by now. */
export interface Etags {
	note(older: string, newer: string): void;
	/** The newest that is known to come from it; itself where nothing does. */
	now(etag: string): string;
}

const MOST_KEPT = 500;

export function createEtags(): Etags {
	const next = new Map<string, string>();
	return {
		note(older, newer) {
			if (older === newer) return;
			next.delete(older);
			next.set(older, newer);
			const [oldest] = next.keys();
			if (next.size > MOST_KEPT && oldest !== undefined) next.delete(oldest);
		},
		now(etag) {
			let found = etag;
			const seen = new Set<string>();
			for (let newer = next.get(found); newer !== undefined && !seen.has(newer); newer = next.get(found)) {
				seen.add(newer);
				found = newer;
			}
			return found;
		},
	};
}

/** What this person's own writes left of what was read: whoever writes on the older one means the newer. */
export const written = createEtags();
/** What an undo left stands for what was undone to. */
export const undoneTo = createEtags();
