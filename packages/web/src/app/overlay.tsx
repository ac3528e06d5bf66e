import { CommandPalette } from "./command-palette.tsx";
import type { NavItem, OverlayName } from "./shell.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";

/** What a key brings over any page. */
export function Overlay({
	name,
	pages,
	onClose,
}: {
	readonly name: OverlayName;
	readonly pages: readonly NavItem[];
	readonly onClose: () => void;
}) {
	return name === "help" ? <ShortcutHelp onClose={onClose} /> : <CommandPalette pages={pages} onClose={onClose} />;
}
