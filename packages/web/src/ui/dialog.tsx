import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button, IconButton } from "./button.tsx";

export interface DialogProps {
	readonly title: ReactNode;
	readonly isOpen: boolean;
	readonly onClose: () => void;
	readonly children: ReactNode;
	/** Where a press outside would lose what was typed. */
	readonly keepOnOutsidePress?: boolean;
	/** Something must be answered first. */
	readonly role?: "dialog" | "alertdialog";
	readonly wide?: boolean;
}

/** Focus goes in, stays, and returns to where it was; Escape closes. From below on phones. */
export function Dialog({ title, isOpen, onClose, children, keepOnOutsidePress, role = "dialog", wide }: DialogProps) {
	const { t } = useLingui();
	return (
		<ModalOverlay
			isOpen={isOpen}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			isDismissable={!keepOnOutsidePress && role === "dialog"}
			className="fixed inset-0 z-50 flex items-end justify-center bg-scrim sm:items-center sm:p-6"
		>
			<Modal
				className={`flex max-h-[92dvh] w-full flex-col overflow-hidden rounded-t-2xl bg-raised text-text shadow-raised sm:rounded-2xl ${wide ? "sm:max-w-3xl" : "sm:max-w-lg"}`}
			>
				<AriaDialog role={role} className="grid min-h-0 gap-4 overflow-y-auto p-5 outline-none">
					<div className="flex items-start justify-between gap-3">
						<Heading slot="title" level={2} className="min-w-0 text-lg font-semibold">
							{title}
						</Heading>
						<IconButton label={t`Close`} onClick={onClose} className="-my-1 -me-1.5 shrink-0">
							<X aria-hidden="true" className="size-5" />
						</IconButton>
					</div>
					{children}
				</AriaDialog>
			</Modal>
		</ModalOverlay>
	);
}

export interface ConfirmProps extends Omit<DialogProps, "role"> {
	readonly confirm: ReactNode;
	/** What the button that changes nothing says, where "Cancel" could be taken for the act itself. */
	readonly keep?: ReactNode;
	readonly onConfirm: () => void;
	readonly busy?: boolean;
	readonly danger?: boolean;
}

/** Asks before what cannot be taken back; `children` say what becomes of what. */
export function ConfirmDialog({
	confirm,
	keep,
	onConfirm,
	busy = false,
	danger = true,
	children,
	...dialog
}: ConfirmProps) {
	const { t } = useLingui();
	return (
		<Dialog {...dialog} role="alertdialog">
			{children}
			<div className="flex flex-wrap justify-end gap-2">
				<Button onClick={dialog.onClose} autoFocus>
					{keep ?? t`Cancel`}
				</Button>
				<Button kind={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
					{confirm}
				</Button>
			</div>
		</Dialog>
	);
}
