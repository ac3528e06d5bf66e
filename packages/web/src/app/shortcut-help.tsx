import { Trans, useLingui } from "@lingui/react/macro";
import { useLocation } from "@tanstack/react-router";
import { useId } from "react";
import { useMeUpdate } from "../api/use-me-update.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/field.tsx";
import { useStore } from "../ui/store.ts";
import { keysText, useRegisteredShortcuts } from "./shortcut-list.ts";
import { type Shortcut, singleKeys } from "./shortcuts.ts";

/** What `?` shows: the keys that hold on this page. */
export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
	const { t } = useLingui();
	const shortcuts = useRegisteredShortcuts();
	const enabled = useStore(singleKeys);
	const update = useMeUpdate();
	const id = useId();
	const { pathname } = useLocation();
	const enable = (shortcuts: boolean) => {
		singleKeys.set(shortcuts);
		update.mutate({ preferences: { shortcuts } });
	};
	const onEvent = [
		{ keys: t`Arrows`, label: t`Go to another event` },
		{ keys: t`Enter`, label: t`Open it` },
		{ keys: t`Alt + arrows`, label: t`Move it by 15 minutes or a day` },
		{ keys: t`Alt + Shift + arrows`, label: t`Make it shorter or longer` },
		{ keys: t`Delete`, label: t`Delete it` },
	];
	return (
		<Dialog title={t`Keyboard shortcuts`} isOpen onClose={onClose}>
			<Keys of={shortcuts} />
			{pathname === "/calendar" ? (
				<section aria-labelledby={id} className="grid gap-2">
					<h3 id={id} className="text-sm font-semibold">
						<Trans>On an event</Trans>
					</h3>
					<Keys of={onEvent} />
				</section>
			) : null}
			<Switch label={t`Single-key shortcuts`} checked={enabled} onChange={enable} />
		</Dialog>
	);
}

function Keys({ of }: { readonly of: readonly Pick<Shortcut, "keys" | "label">[] }) {
	return (
		<dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2 text-sm">
			{of.map(({ keys, label }) => (
				<div key={keys} className="contents">
					<dt>
						<kbd className="rounded-md border border-line-strong bg-sunken px-2 py-0.5 font-mono">{keysText(keys)}</kbd>
					</dt>
					<dd>{label}</dd>
				</div>
			))}
		</dl>
	);
}
