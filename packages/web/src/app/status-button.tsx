import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, CircleDashed, RefreshCw } from "lucide-react";
import { useId, useRef } from "react";
import { calendarsQuery, connectionsQuery } from "../api/queries.ts";
import { buttonClass } from "../ui/button.tsx";
import { useStore } from "../ui/store.ts";
import { concernsOf } from "./concerns.ts";
import { liveState } from "./live-state.ts";

/** Always to be seen: whether everything is in sync; pressed, what is not, and what to do. */
export function StatusButton() {
	const { t } = useLingui();
	const panel = useRef<HTMLDivElement>(null);
	const id = useId();
	const connections = useQuery(connectionsQuery);
	const calendars = useQuery(calendarsQuery);
	const live = useStore(liveState);
	const concerns = concernsOf(connections.data ?? [], calendars.data ?? []);
	const syncing = connections.data?.some(({ status }) => status === "syncing") ?? false;
	const failed = connections.isError || calendars.isError;
	const words = failed
		? t`Status unknown`
		: connections.data === undefined
			? t`Checking…`
			: concerns.length > 0
				? t`${concerns.length} need you`
				: connections.data.length === 0
					? t`Nothing connected`
					: syncing
						? t`Syncing…`
						: t`All in sync`;
	const Icon =
		failed || concerns.length > 0
			? CircleAlert
			: syncing
				? RefreshCw
				: connections.data?.length
					? CircleCheck
					: CircleDashed;
	const tone = failed || concerns.length > 0 ? "text-warn" : "text-ok";
	return (
		<>
			<button
				type="button"
				popoverTarget={id}
				aria-label={t`Sync status: ${words}`}
				className={buttonClass("quiet", "w-full sm:max-lg:px-1 lg:justify-start")}
			>
				<Icon aria-hidden="true" className={`size-5 shrink-0 ${tone}`} />
				<span className="sm:max-lg:sr-only">{words}</span>
			</button>
			<div
				id={id}
				ref={panel}
				popover="auto"
				role="dialog"
				aria-label={t`Sync status`}
				className="inset-auto m-3 max-h-[70dvh] w-[min(24rem,calc(100vw-1.5rem))] overflow-y-auto rounded-2xl border border-line bg-raised p-4 text-text shadow-raised max-sm:top-12 max-sm:end-0 sm:start-14 sm:bottom-2 lg:start-56"
			>
				<div className="grid gap-3 text-sm">
					<h2 className="text-base font-semibold">{words}</h2>
					{live === "paused" ? (
						<p className="text-muted">
							<Trans>Live updates paused. Kalends is trying to reach the server again.</Trans>
						</p>
					) : null}
					{concerns.map(({ key, title, detail, fix }) => (
						<div key={key} className="card grid gap-1 p-3">
							<p dir="auto" className="font-semibold">
								{title}
							</p>
							<p>
								{detail} {fix}
							</p>
						</div>
					))}
					{concerns.length === 0 && (connections.data?.length ?? 0) > 0 ? (
						<p>
							<Plural
								value={calendars.data?.filter(({ selected }) => selected).length ?? 0}
								one="# calendar is up to date."
								other="# calendars are up to date."
							/>
						</p>
					) : null}
					<Link
						to="/settings/calendars"
						onClick={() => panel.current?.hidePopover()}
						className={buttonClass("secondary")}
					>
						{connections.data?.length === 0 ? <Trans>Connect a calendar</Trans> : <Trans>Calendar settings</Trans>}
					</Link>
				</div>
			</div>
		</>
	);
}
