import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { Button, IconButton } from "./button.tsx";
import { CLOSE } from "./close-icon.ts";
import type { NotShownProps } from "./later.tsx";
import { ShellIcon } from "./shell-icon.tsx";

/** Instead of what could not be shown. What cannot be closed is tried again by itself once there is a network. */
export function NotShown({ onRetry, onClose }: NotShownProps) {
	const { t } = useLingui();
	const closes = onClose !== undefined;
	useEffect(() => {
		if (closes) return;
		addEventListener("online", onRetry);
		return () => removeEventListener("online", onRetry);
	}, [closes, onRetry]);
	return (
		<div
			role="alert"
			data-react-aria-top-layer="true"
			className="fixed inset-x-0 bottom-(--above-bars) z-60 mx-auto flex w-fit max-w-[calc(100vw-2rem)] items-center gap-2 rounded-xl border border-line-strong bg-raised py-1.5 ps-4 pe-1.5 text-sm shadow-raised in-[[popover]]:static"
		>
			<Trans>This could not be shown. If it stays so, load the page anew.</Trans>
			<Button onClick={onRetry}>
				<Trans>Try again</Trans>
			</Button>
			{closes ? (
				<IconButton label={t`Dismiss`} onClick={onClose}>
					<ShellIcon path={CLOSE} className="size-4" />
				</IconButton>
			) : null}
		</div>
	);
}
