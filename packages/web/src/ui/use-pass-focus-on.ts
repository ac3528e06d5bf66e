import { type RefCallback, useCallback, useRef } from "react";

const LOOK_EVERY_MS = 50;
const MOST_LOOKS = 100;

const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), summary";

/**
 * For what an action of its own makes go away. Focus then goes to the next of its list, else to the one before it, else to
 * the heading that it stood under; nowhere where it is on something by then.
 * @returns the ref of what goes, and what to call when the action has been taken
 */
export function usePassFocusOn<T extends HTMLElement>(): readonly [ref: RefCallback<T>, taken: () => void] {
	const isTaken = useRef(false);
	const ref = useCallback(
		(going: T) => () => {
			// It is still in its place here, between its neighbours.
			if (isTaken.current) onceLost(placesAfter(going));
			isTaken.current = false;
		},
		[],
	);
	const taken = useCallback(() => {
		isTaken.current = true;
	}, []);
	return [ref, taken];
}

/** Where focus may go, the best first: each is a list's item, or something with headings. */
function placesAfter(going: HTMLElement): readonly (() => HTMLElement | null)[] {
	const alike = [...(going.parentElement?.children ?? [])].filter(({ tagName }) => tagName === going.tagName);
	const at = alike.indexOf(going);
	const items = /^(LI|ARTICLE)$/.test(going.tagName) ? [...alike.slice(at + 1), ...alike.slice(0, at).reverse()] : [];
	const around: Element[] = [];
	for (let one = going.parentElement; one !== null; one = one.parentElement) around.push(one);
	return [
		...items.map((item) => () => (item.isConnected ? item.querySelector<HTMLElement>(FOCUSABLE) : null)),
		...around.map((one) => () => (one.isConnected ? one.querySelector<HTMLElement>("h1, h2, h3") : null)),
	];
}

function onceLost(places: readonly (() => HTMLElement | null)[]): void {
	let looks = 0;
	const timer = setInterval(() => {
		const { activeElement: now } = document;
		// A question that is being closed has it to the last.
		const waits = now?.closest("[role=alertdialog]") != null;
		if (++looks > MOST_LOOKS) return clearInterval(timer);
		if (waits) return;
		clearInterval(timer);
		if (now !== null && now !== document.body) return;
		for (const place of places) {
			const element = place();
			if (element === null) continue;
			if (element.matches("h1, h2, h3")) element.tabIndex = -1;
			element.focus();
			if (document.activeElement === element) return;
		}
	}, LOOK_EVERY_MS);
}
