import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "./button.tsx";
import { CLOSE } from "./close-icon.ts";
import { ShellIcon } from "./shell-icon.tsx";
import { useStore } from "./store.ts";
import { shown, type Toast } from "./toast.tsx";
import { dismiss, linesOf } from "./undoable.ts";

const SHOWN_MS = 10_000;
const MOST_SHOWN = 3;

/** The last of the toasts, those before them out of sight until their time is over; hovering or focus stops a clock. */
export function ToastRegion() {
	const { t } = useLingui();
	const toasts = linesOf(useStore(shown));
	if (toasts.length === 0) return null;
	return (
		<section
			aria-label={t`Undo`}
			data-react-aria-top-layer="true"
			className="fixed inset-x-0 bottom-(--above-bars) z-60 mx-auto grid w-fit max-w-[calc(100vw-2rem)] gap-2"
		>
			{toasts.map((toast, index) => (
				<ToastLine key={toast.id} hidden={index < toasts.length - MOST_SHOWN} {...toast} />
			))}
		</section>
	);
}

function ToastLine({ id, text, undo, hidden }: Toast & { readonly hidden: boolean }) {
	const { t } = useLingui();
	const [held, setHeld] = useState(false);
	const left = useRef(SHOWN_MS);
	const working = undo === null;
	useEffect(() => {
		if (held || working) return;
		const since = performance.now();
		const timer = setTimeout(() => dismiss(id), left.current);
		return () => {
			clearTimeout(timer);
			left.current = Math.max(1_000, left.current - (performance.now() - since));
		};
	}, [held, working, id]);
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: holding the clock is no action of its own; the buttons are.
		<div
			hidden={hidden}
			onPointerEnter={() => setHeld(true)}
			onPointerLeave={() => setHeld(false)}
			onFocus={() => setHeld(true)}
			onBlur={() => setHeld(false)}
			className="flex items-center gap-2 rounded-xl border border-line-strong bg-raised py-1.5 ps-4 pe-1.5 text-sm shadow-raised"
		>
			<span dir="auto" className="py-1.5">
				{text}
			</span>
			{undo === null ? null : (
				<Button kind="quiet" className="text-accent" onClick={undo}>
					<Trans>Undo</Trans>
				</Button>
			)}
			<IconButton label={t`Dismiss`} onClick={() => dismiss(id)}>
				<ShellIcon path={CLOSE} className="size-4" />
			</IconButton>
		</div>
	);
}
