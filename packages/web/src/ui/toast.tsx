import { lazy, Suspense } from "react";
import { announce } from "./live-region.tsx";
import { createStore, useStore } from "./store.ts";

const ToastRegion = lazy(() => import("./toast-region.tsx").then((module) => ({ default: module.ToastRegion })));

/** Toasts only ever offer to undo; what failed says so where it happened. */
export interface Toast {
	readonly id: number;
	readonly text: string;
	readonly undo: () => void | Promise<void>;
}

/** For the region alone. */
export const shown = createStore<readonly Toast[]>([]);
let made = 0;

/** Says what was done and offers to take it back, for ten seconds; hovering or focus stops the clock. */
export function offerUndo(text: string, undo: () => void | Promise<void>): void {
	const toast = { id: ++made, text, undo };
	shown.set((before) => [...before.slice(-2), toast]);
	announce(text);
}

/** Takes back what was offered last (the key z). @returns false when there is nothing */
export function undoLast(): boolean {
	const last = shown.get().at(-1);
	if (last === undefined) return false;
	dismiss(last.id);
	void last.undo();
	return true;
}

/** For the region alone. */
export function dismiss(id: number): void {
	shown.set((before) => before.filter((toast) => toast.id !== id));
}

/** Once in the app. */
export function Toasts() {
	const some = useStore(shown).length > 0;
	return some ? (
		<Suspense>
			<ToastRegion />
		</Suspense>
	) : null;
}
