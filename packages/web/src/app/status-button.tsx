import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { calendarsQuery, connectionsQuery } from "../api/queries.ts";
import { buttonClass } from "../ui/button.tsx";
import { overlay } from "../ui/later.tsx";
import { ShellIcon } from "../ui/shell-icon.tsx";
import { useStore } from "../ui/store.ts";
import { concernsOf } from "./concerns.ts";
import { liveState } from "./live-state.ts";

const StatusPanel = overlay(() => import("./status-panel.tsx"), "StatusPanel");

/** Always to be seen: whether everything is in sync; pressed, what is not, and what to do. */
export function StatusButton() {
	const { t } = useLingui();
	const panel = useRef<HTMLDivElement>(null);
	const [isOpen, setOpen] = useState(false);
	const id = useId();
	const { data: connections, isError } = useQuery(connectionsQuery);
	const { data: calendars } = useQuery(calendarsQuery);
	const live = useStore(liveState);
	const concerns = concernsOf(connections ?? [], calendars ?? []);
	const waiting = concerns.length;
	const [icon, tone, words] = isError
		? (["warn", "text-warn", t`Status unknown`] as const)
		: connections === undefined
			? (["none", "text-muted", t`Checking…`] as const)
			: waiting > 0
				? (["warn", "text-warn", waiting === 1 ? t`1 needs you` : t`${waiting} need you`] as const)
				: connections.length === 0
					? (["none", "text-muted", t`Nothing connected`] as const)
					: connections.some(({ status }) => status === "syncing")
						? (["sync", "text-accent", t`Syncing…`] as const)
						: connections.some(({ status }) => status === "paused")
							? (["none", "text-muted", t`Not all in sync`] as const)
							: (["good", "text-ok", t`All in sync`] as const);
	return (
		<>
			<button
				type="button"
				popoverTarget={id}
				className={buttonClass("quiet", "w-full sm:max-lg:px-1 lg:justify-start")}
				aria-label={t`Sync status: ${words}`}
			>
				<ShellIcon name={icon} className={`size-5 ${tone}`} />
				<span className="whitespace-nowrap sm:max-lg:sr-only">{words}</span>
			</button>
			<div
				id={id}
				ref={panel}
				popover="auto"
				role="dialog"
				aria-label={t`Sync status`}
				onToggle={(event) => setOpen(event.newState === "open")}
				className="inset-auto m-3 max-h-[70dvh] w-[min(24rem,calc(100vw-1.5rem))] overflow-y-auto rounded-2xl border border-line bg-raised p-4 text-text shadow-raised max-sm:end-0 max-sm:top-12 sm:bottom-2 sm:start-14 lg:start-56"
			>
				{isOpen ? (
					<StatusPanel
						words={words}
						livePaused={live === "paused"}
						concerns={concerns}
						connections={connections}
						calendars={calendars}
						onLeave={() => panel.current?.hidePopover()}
					/>
				) : null}
			</div>
		</>
	);
}
