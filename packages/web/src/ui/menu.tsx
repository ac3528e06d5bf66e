import type { ReactNode } from "react";
import { Menu as AriaMenu, Button, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { buttonClass } from "./button.tsx";

export interface MenuAction {
	readonly id: string;
	readonly label: string;
	readonly icon?: ReactNode;
	readonly onAction: () => void;
	readonly danger?: boolean;
	readonly disabled?: boolean;
}

/** A button that opens a list of actions. */
export function Menu({
	label,
	icon,
	actions,
}: {
	readonly label: string;
	readonly icon: ReactNode;
	readonly actions: readonly MenuAction[];
}) {
	return (
		<MenuTrigger>
			<Button aria-label={label} className={buttonClass("quiet", "-my-1.5 -me-1.5 min-w-9 px-1.5")}>
				{icon}
			</Button>
			<Popover
				placement="bottom end"
				className="min-w-48 rounded-xl border border-line bg-raised p-1 text-text shadow-raised"
			>
				<AriaMenu className="outline-none">
					{actions.map(({ id, label: text, icon: picture, onAction, danger, disabled }) => (
						<MenuItem
							key={id}
							id={id}
							textValue={text}
							onAction={onAction}
							isDisabled={disabled ?? false}
							className={`flex min-h-9 target-touch items-center gap-2.5 rounded-lg px-3 py-1.5 text-sm outline-none focus:bg-hover disabled:opacity-55 ${danger ? "text-danger" : ""}`}
						>
							{picture}
							{text}
						</MenuItem>
					))}
				</AriaMenu>
			</Popover>
		</MenuTrigger>
	);
}
