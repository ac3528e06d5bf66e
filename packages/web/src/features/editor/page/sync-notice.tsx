import type { CalendarEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../../ui/button.tsx";
import { Notice } from "../../../ui/states.tsx";

export interface SyncNoticeProps {
	readonly event: CalendarEvent;
	readonly settle: (action: "retry" | "discard") => Promise<void>;
}

/** Where an event is not yet with its provider, or was refused: the reason, and what can be done. */
export function SyncNotice({ event: { sync }, settle }: SyncNoticeProps) {
	const { t } = useLingui();
	const [busy, setBusy] = useState<"retry" | "discard" | null>(null);
	const element = useRef<HTMLDivElement>(null);
	const isFailed = sync.state === "failed";
	// It is above the form, and what was pressed is below it.
	useEffect(() => {
		if (isFailed) element.current?.focus();
	}, [isFailed]);
	if (sync.state === "synced") return null;
	const { error } = sync;
	const run = (action: "retry" | "discard") => {
		setBusy(action);
		void settle(action).finally(() => setBusy(null));
	};
	return (
		<Notice
			tone={isFailed ? "danger" : "warn"}
			actions={
				<>
					<Button busy={busy === "retry"} onClick={() => run("retry")}>{t`Try again`}</Button>
					<Button kind="quiet" busy={busy === "discard"} onClick={() => run("discard")}>
						{t`Discard the change`}
					</Button>
				</>
			}
		>
			<div ref={element} role="alert" tabIndex={-1} className="scroll-mt-24">
				<p className="font-semibold">
					{isFailed
						? t`The provider refused this change. It is kept here.`
						: t`Not yet with the provider. Kalends goes on trying.`}
				</p>
				{error === undefined ? null : (
					<p>
						{error.detail} {error.fix}
					</p>
				)}
			</div>
		</Notice>
	);
}
