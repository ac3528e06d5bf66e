import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { type Command, matching } from "./commands.ts";
import type { NavItem } from "./shell.tsx";
import { keysText, useRegisteredShortcuts } from "./shortcut-list.ts";

/** Pages, what can be done on this one, and searching, by typing a part of their name (WAI-ARIA combobox with a listbox). */
export function CommandPalette({
	pages,
	onClose,
}: {
	readonly pages: readonly NavItem[];
	readonly onClose: () => void;
}) {
	const { t } = useLingui();
	const id = useId();
	const navigate = useNavigate();
	const shortcuts = useRegisteredShortcuts();
	const [typed, setTyped] = useState("");
	const [chosen, setChosen] = useState(0);
	const query = typed.trim();
	const here: readonly Command[] = shortcuts
		.filter(({ keys }) => keys !== "Mod+k")
		.map(({ keys, label, run }) => ({ id: `key-${keys}`, label, keys, run }));
	const goTo: readonly Command[] = pages.map(({ to, label }) => ({
		id: `page-${to}`,
		label,
		run: () => void navigate({ to }),
	}));
	const search: Command = {
		id: "search",
		label: t`Search events for “${query}”`,
		run: () => void navigate({ to: "/calendar", search: { q: query } }),
	};
	const commands = [...matching([...goTo, ...here], query), ...(query === "" ? [] : [search])];
	const at = Math.min(chosen, commands.length - 1);

	const run = (command: Command) => {
		onClose();
		// Once the dialog has given the focus back, so that the command may take it.
		requestAnimationFrame(() => requestAnimationFrame(command.run));
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1 + commands.length };
		const next = steps[event.key];
		const command = commands[at];
		if (next !== undefined) setChosen(next % commands.length);
		else if (event.key === "Enter" && !event.nativeEvent.isComposing && command !== undefined) run(command);
		else return;
		event.preventDefault();
	};
	return (
		<Dialog title={t`Go to, or do…`} isOpen onClose={onClose}>
			<input
				autoFocus
				type="text"
				role="combobox"
				aria-label={t`Page, action or event`}
				aria-expanded
				aria-autocomplete="list"
				aria-controls={`${id}-list`}
				aria-activedescendant={`${id}-${at}`}
				autoComplete="off"
				spellCheck={false}
				dir="auto"
				placeholder={t`Type a part of its name`}
				value={typed}
				onChange={(event) => {
					setTyped(event.target.value);
					setChosen(0);
				}}
				onKeyDown={onKeyDown}
				className="min-h-11 w-full rounded-lg border border-line-strong bg-surface px-3 text-text placeholder:text-muted"
			/>
			<div id={`${id}-list`} role="listbox" aria-label={t`Found`} className="-mx-2 grid max-h-[50dvh] overflow-y-auto">
				{commands.map((command, index) => (
					// biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys (aria-activedescendant)
					<div
						key={command.id}
						id={`${id}-${index}`}
						role="option"
						tabIndex={-1}
						aria-selected={index === at}
						ref={index === at ? (element) => element?.scrollIntoView({ block: "nearest" }) : null}
						onClick={() => run(command)}
						className="flex min-h-9 target-touch cursor-pointer items-center justify-between gap-3 rounded-lg px-3 py-1.5 text-sm hover:bg-hover aria-selected:bg-accent-soft"
					>
						<span dir="auto" className="min-w-0 break-words">
							{command.label}
						</span>
						{command.keys === undefined ? null : (
							<kbd className="shrink-0 rounded-md border border-line-strong bg-sunken px-1.5 font-mono text-xs text-muted">
								{keysText(command.keys)}
							</kbd>
						)}
					</div>
				))}
			</div>
		</Dialog>
	);
}
