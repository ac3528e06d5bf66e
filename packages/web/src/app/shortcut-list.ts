import { useStore } from "../ui/store.ts";
import { registered, type Shortcut } from "./shortcuts.ts";

/** All that hold now, the newest of each key. */
export function useRegisteredShortcuts(): readonly Shortcut[] {
	const all = useStore(registered);
	return [...new Map(all.map((shortcut) => [shortcut.keys, shortcut])).values()];
}

/** As people know the keys. */
export function keysText(keys: string): string {
	return keys.replace(/^Mod\+(.)/, (_, key: string) =>
		/Mac/.test(navigator.userAgent) ? `⌘ ${key.toUpperCase()}` : `Ctrl ${key.toUpperCase()}`,
	);
}
