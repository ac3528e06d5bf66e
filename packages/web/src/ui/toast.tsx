import { overlay } from "./later.tsx";
import { createStore, useStore } from "./store.ts";

const ToastRegion = overlay(() => import("./toast-region.tsx"), "ToastRegion");

/** Toasts only ever offer to undo; what failed says so where it happened. */
export interface Toast {
	readonly id: number;
	/** "": what can be undone is not through yet, and shown only where it is. */
	readonly text: string;
	/** Null: it is being undone. */
	readonly undo: (() => void) | null;
}

/** For ui/undoable.ts and the region alone. */
export const shown = createStore<readonly Toast[]>([]);

/** Takes back what was done last (the key z), also where it is not through yet. */
export function undoLast(): void {
	shown
		.get()
		.findLast(({ undo }) => undo !== null)
		?.undo?.();
}

/** Once in the app. */
export function Toasts() {
	const some = useStore(shown).length > 0;
	return some ? <ToastRegion /> : null;
}
