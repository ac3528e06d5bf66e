import { createStore } from "../ui/store.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "kalends.theme";

/** The person's choice on this device; the page follows it at once. */
export const theme = createStore<Theme>(read());

/** To be called before anything is painted. */
export function followTheme(): void {
	apply(theme.get());
	theme.subscribe(() => {
		apply(theme.get());
		try {
			localStorage.setItem(KEY, theme.get());
		} catch {
			// A browser that keeps nothing: the choice holds until the page is closed.
		}
	});
}

function apply(chosen: Theme): void {
	const { dataset } = document.documentElement;
	if (chosen === "system") delete dataset.theme;
	else dataset.theme = chosen;
}

function read(): Theme {
	try {
		const kept = localStorage.getItem(KEY);
		return kept === "light" || kept === "dark" ? kept : "system";
	} catch {
		return "system";
	}
}
