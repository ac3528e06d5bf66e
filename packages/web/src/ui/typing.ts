/**
 * A key that opens something with a field may be followed by what is meant for that field before it is there. From that key
 * on nothing else takes the keys; what was typed goes into the first field that gets the focus.
 */

/** Without a key for so long, no field comes any more. */
const PATIENCE_MS = 15_000;
/** Where it is known that none comes, whoever types on without looking has this long between two keys. */
const PAUSE_MS = 1_000;

/** What would do something where the focus still is. */
const ACTS = /^(.|Backspace|Delete|Enter|Tab|Arrow.+)$/u;

let typed = "";
let patience = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** To be called before what has a field is opened. */
export function expectField(): void {
	if (patience === 0) {
		addEventListener("keydown", onKey, true);
		addEventListener("pointerdown", end, true);
		addEventListener("focusin", onFocus);
	}
	wait(PATIENCE_MS);
}

/** What should have opened does not. */
export function expectNoField(): void {
	if (patience > 0) wait(PAUSE_MS);
}

function wait(milliseconds: number): void {
	patience = milliseconds;
	clearTimeout(timer);
	timer = setTimeout(end, milliseconds);
}

function end(): void {
	clearTimeout(timer);
	removeEventListener("keydown", onKey, true);
	removeEventListener("pointerdown", end, true);
	removeEventListener("focusin", onFocus);
	typed = "";
	patience = 0;
}

function onKey(event: KeyboardEvent): void {
	const { key, altKey } = event;
	if (key === "Escape") {
		end();
		return;
	}
	event.stopImmediatePropagation();
	// Ctrl with Alt is AltGr, by which many keyboards have signs; Ctrl alone is the browser's.
	const command = event.ctrlKey || event.metaKey;
	if (!ACTS.test(key) || (command && !altKey)) return;
	event.preventDefault();
	if (key === "Backspace") typed = typed.slice(0, -1);
	else if (key.length === 1 && command === altKey) typed += key;
	wait(patience);
}

function onFocus(): void {
	// Not in the midst of what gave the focus.
	setTimeout(() => {
		const field = document.activeElement;
		if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
		const { selectionStart, selectionEnd } = field;
		if (selectionStart === null || selectionEnd === null) return;
		const text = typed;
		end();
		if (text === "") return;
		field.setRangeText(text, selectionStart, selectionEnd, "end");
		field.dispatchEvent(new InputEvent("input", { bubbles: true }));
	});
}
