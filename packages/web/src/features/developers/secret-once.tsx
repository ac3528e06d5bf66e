import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/states.tsx";

export interface SecretOnceProps {
	readonly title: string;
	readonly secret: string;
	readonly label: string;
	/** What it is for. */
	readonly children: ReactNode;
	readonly onClose: () => void;
}

/** A secret that the server shows this once; a press outside does not lose it. */
export function SecretOnce({ title, secret, label, children, onClose }: SecretOnceProps) {
	return (
		<Dialog title={title} isOpen onClose={onClose} keepOnOutsidePress>
			<Notice tone="warn">
				<Trans>Copy it now: it is not shown again.</Trans>
			</Notice>
			<CopyLine text={secret} label={label} />
			<p className="text-sm">{children}</p>
			<div className="flex justify-end">
				<Button kind="primary" onClick={onClose}>
					<Trans>Done</Trans>
				</Button>
			</div>
		</Dialog>
	);
}
