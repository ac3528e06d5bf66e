import { useLingui } from "@lingui/react/macro";
import { useMeUpdate } from "../api/use-me-update.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/field.tsx";
import { useStore } from "../ui/store.ts";
import { singleKeys, useRegisteredShortcuts } from "./shortcuts.ts";

/** What `?` shows: the keys that hold on this page. */
export function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
	const { t } = useLingui();
	const shortcuts = useRegisteredShortcuts();
	const enabled = useStore(singleKeys);
	const update = useMeUpdate();
	const enable = (shortcuts: boolean) => {
		singleKeys.set(shortcuts);
		update.mutate({ preferences: { shortcuts } });
	};
	return (
		<Dialog title={t`Keyboard shortcuts`} isOpen onClose={onClose}>
			<dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2 text-sm">
				{shortcuts.map(({ keys, label }) => (
					<div key={keys} className="contents">
						<dt>
							<kbd className="rounded-md border border-line-strong bg-sunken px-2 py-0.5 font-mono">
								{keys.replace("Mod+", /Mac/.test(navigator.userAgent) ? "⌘ " : "Ctrl ")}
							</kbd>
						</dt>
						<dd>{label}</dd>
					</div>
				))}
			</dl>
			<Switch label={t`Single-key shortcuts`} checked={enabled} onChange={enable} />
		</Dialog>
	);
}
