import { createStore, useStore } from "./store.ts";

const said = createStore<{ readonly text: string; readonly count: number }>({ text: "", count: 0 });

/** Tells who listens instead of looking what came of their action: results, not progress. */
export function announce(text: string): void {
	said.set(({ count }) => ({ text, count: count + 1 }));
}

/** Once in the app. The same text twice is two announcements. */
export function LiveRegion() {
	const { text, count } = useStore(said);
	return (
		<div role="status" aria-live="polite" className="sr-only">
			<span key={count}>{text}</span>
		</div>
	);
}
