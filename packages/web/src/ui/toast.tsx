import { Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "./button.tsx";
import { announce } from "./live-region.tsx";
import { createStore, useStore } from "./store.ts";

/** Toasts only ever offer to undo; what failed says so where it happened. */
interface Toast {
	readonly id: number;
	readonly text: string;
	readonly undo: () => void | Promise<void>;
}

const SHOWN_MS = 10_000;
const shown = createStore<readonly Toast[]>([]);
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

function dismiss(id: number): void {
	shown.set((before) => before.filter((toast) => toast.id !== id));
}

/** Once in the app. */
export function Toasts() {
	const { t } = useLingui();
	const toasts = useStore(shown);
	if (toasts.length === 0) return null;
	return (
		<section
			aria-label={t`Undo`}
			className="fixed inset-x-0 bottom-20 z-60 mx-auto grid w-fit max-w-[calc(100vw-2rem)] gap-2 sm:bottom-6"
		>
			{toasts.map((toast) => (
				<ToastLine key={toast.id} {...toast} />
			))}
		</section>
	);
}

function ToastLine({ id, text, undo }: Toast) {
	const { t } = useLingui();
	const [held, setHeld] = useState(false);
	const left = useRef(SHOWN_MS);
	useEffect(() => {
		if (held) return;
		const since = performance.now();
		const timer = setTimeout(() => dismiss(id), left.current);
		return () => {
			clearTimeout(timer);
			left.current = Math.max(1_000, left.current - (performance.now() - since));
		};
	}, [held, id]);
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: holding the clock is no action of its own; the buttons are.
		<div
			onPointerEnter={() => setHeld(true)}
			onPointerLeave={() => setHeld(false)}
			onFocus={() => setHeld(true)}
			onBlur={() => setHeld(false)}
			className="flex items-center gap-2 rounded-xl border border-line-strong bg-raised py-1.5 ps-4 pe-1.5 text-sm shadow-raised"
		>
			<span dir="auto">{text}</span>
			<Button
				kind="quiet"
				className="text-accent"
				onClick={() => {
					dismiss(id);
					void undo();
				}}
			>
				<Trans>Undo</Trans>
			</Button>
			<IconButton label={t`Dismiss`} onClick={() => dismiss(id)}>
				<X aria-hidden="true" className="size-4" />
			</IconButton>
		</div>
	);
}
