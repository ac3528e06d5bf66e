import { useEffect, useRef } from "react";
import { createStore } from "../ui/store.ts";

/** One key of the app, e.g. `t`, `?`, `Mod+k` (Ctrl, or Cmd on a Mac). */
export interface Shortcut {
	readonly keys: string;
	/** What it does, for the list that `?` shows. */
	readonly label: string;
	readonly run: () => void;
}

const KEPT = "kalends.single-keys";

/** In the order of their coming. */
export const registered = createStore<readonly Shortcut[]>([]);
/** Whether keys without Ctrl do anything (WCAG 2.1.4). */
export const singleKeys = createStore(kept());

singleKeys.subscribe(() => {
	try {
		localStorage.setItem(KEPT, singleKeys.get() ? "on" : "off");
	} catch {
		// A browser that keeps nothing.
	}
});

/** These keys hold while the component is there. Those of the component that came last win. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
	const latest = useRef(shortcuts);
	latest.current = shortcuts;
	const names = shortcuts.map(({ keys, label }) => `${keys} ${label}`).join("\n");
	// biome-ignore lint/correctness/useExhaustiveDependencies: what a key runs is read when it is pressed; the list changes with the names.
	useEffect(() => {
		const mine = latest.current.map(({ keys, label }, index) => ({
			keys,
			label,
			run: () => latest.current[index]?.run(),
		}));
		registered.set((before) => [...before, ...mine]);
		return () => registered.set((before) => before.filter((shortcut) => !mine.includes(shortcut)));
	}, [names]);
}

/** Listens on the page; once in the app. */
export function useShortcutListener(): void {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			const pressed = keysOf(event);
			if (pressed === null || event.defaultPrevented || event.isComposing) return;
			if (document.querySelector(OPEN) !== null) return;
			if (!pressed.startsWith("Mod+") && (!singleKeys.get() || isTyping(event.target))) return;
			const shortcut = registered.get().findLast(({ keys }) => keys === pressed);
			if (shortcut === undefined) return;
			event.preventDefault();
			shortcut.run();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);
}

function keysOf(event: KeyboardEvent): string | null {
	if (event.altKey || event.key.length > 1) return null;
	return event.ctrlKey || event.metaKey ? `Mod+${event.key.toLowerCase()}` : event.key;
}

/** What takes the keys while it is open; a popover that is closed is in the page too. */
const OPEN = ":is([role=dialog], [role=alertdialog], [role=menu], [role=listbox]):not([popover]), :popover-open";

/** Single keys never fire in fields. */
function isTyping(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select") !== null;
}

function kept(): boolean {
	try {
		return localStorage.getItem(KEPT) !== "off";
	} catch {
		return true;
	}
}
