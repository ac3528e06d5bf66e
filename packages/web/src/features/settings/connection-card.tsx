import type { Calendar, Connection } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, History, KeyRound, Pause, Pencil, Play, RefreshCw, Unplug } from "lucide-react";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { Menu } from "../../ui/menu.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { useNow } from "../../ui/use-now.ts";
import { usePassFocusOn } from "../../ui/use-pass-focus-on.ts";
import { mailSettingsQuery } from "../notifications/queries.ts";
import { Failed } from "../session/failed.tsx";
import { authorizeGoogle } from "./authorize.ts";
import { CalendarRow } from "./calendar-row.tsx";
import { ConnectDialog } from "./connect-dialog.tsx";
import { ConnectionStatus } from "./connection-status.tsx";
import { DisconnectDialog } from "./disconnect-dialog.tsx";
import { PROVIDER_NAMES } from "./provider-names.ts";
import { RenameDialog } from "./rename-dialog.tsx";
import { RunHistory } from "./run-history.tsx";
import { SyncNow } from "./sync-now.tsx";

type OpenDialog = "history" | "reconnect" | "rename" | "disconnect" | null;

/** One account: how it goes, what to do about it, and its calendars. @param calendars null while they load */
export function ConnectionCard({
	connection,
	calendars,
}: {
	readonly connection: Connection;
	readonly calendars: readonly Calendar[] | null;
}) {
	const { t } = useLingui();
	const client = useQueryClient();
	const now = useNow();
	const [dialog, setDialog] = useState<OpenDialog>(null);
	const { id, name, account, provider, status, last_synced_at, next_sync_at, last_push_at } = connection;
	const [card, disconnected] = usePassFocusOn<HTMLElement>();
	const [resume, resumed] = usePassFocusOn<HTMLButtonElement>();
	const [mend, mended] = usePassFocusOn<HTMLButtonElement>();
	const close = () => setDialog(null);
	const pause = useMutation({
		mutationFn: (paused: boolean) => kalends.connections.update(id, { paused }),
		onSuccess: (_after, paused) => {
			if (!paused) resumed();
		},
		onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
	});
	const authorize = useMutation({ mutationFn: () => authorizeGoogle(id) });
	const reconnect = () => (provider === "google" ? authorize.mutate() : setDialog("reconnect"));
	const isPaused = status === "paused" && connection.status_reason === "paused_by_person";
	return (
		<article ref={card} aria-labelledby={`${id}-name`} className="card">
			<div className="grid gap-3 p-4 sm:p-5">
				<div className="flex items-start justify-between gap-3">
					<div className="min-w-0">
						<h3 id={`${id}-name`} dir="auto" className="font-semibold">
							{name}
						</h3>
						<p dir="auto" className="text-sm text-muted">
							{PROVIDER_NAMES[provider]}
							{account === name ? "" : ` · ${account}`}
						</p>
					</div>
					<Menu
						label={t`More for ${name}`}
						icon={<Ellipsis aria-hidden="true" className="size-5" />}
						actions={[
							{
								id: "history",
								label: t`History`,
								icon: <History aria-hidden="true" className="size-4" />,
								onAction: () => setDialog("history"),
							},
							{
								id: "rename",
								label: t`Rename`,
								icon: <Pencil aria-hidden="true" className="size-4" />,
								onAction: () => setDialog("rename"),
							},
							{
								id: "reconnect",
								label: t`Reconnect`,
								icon: <KeyRound aria-hidden="true" className="size-4" />,
								onAction: reconnect,
							},
							isPaused
								? {
										id: "resume",
										label: t`Resume`,
										icon: <Play aria-hidden="true" className="size-4" />,
										onAction: () => pause.mutate(false),
									}
								: {
										id: "pause",
										label: t`Pause`,
										icon: <Pause aria-hidden="true" className="size-4" />,
										onAction: () => pause.mutate(true),
									},
							{
								id: "disconnect",
								label: t`Disconnect`,
								danger: true,
								icon: <Unplug aria-hidden="true" className="size-4" />,
								onAction: () => setDialog("disconnect"),
							},
						]}
					/>
				</div>
				<ConnectionStatus connection={connection} now={now} />
				<Failed error={pause.error ?? authorize.error} />
				<dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm text-muted">
					<Fact label={t`Last sync`} value={last_synced_at === null ? t`not yet` : relativeTime(last_synced_at, now)} />
					{next_sync_at === null ? null : <Fact label={t`Next sync`} value={relativeTime(next_sync_at, now)} />}
					{last_push_at === null ? null : <Fact label={t`Last push`} value={relativeTime(last_push_at, now)} />}
					{provider === "ics" ? null : <Invitations connection={connection} />}
				</dl>
				<div className="flex flex-wrap items-center gap-2">
					{isPaused ? (
						<Button ref={resume} busy={pause.isPending} onClick={() => pause.mutate(false)}>
							<Play aria-hidden="true" className="size-4" />
							<Trans>Resume</Trans>
						</Button>
					) : (
						<SyncNow connection={connection} />
					)}
					{status === "reauth_required" || status === "limited" ? (
						<Button
							ref={mend}
							kind="primary"
							busy={authorize.isPending}
							onClick={() => {
								mended();
								reconnect();
							}}
						>
							<RefreshCw aria-hidden="true" className="size-4" />
							{status === "limited" ? t`Grant access` : t`Reconnect`}
						</Button>
					) : null}
				</div>
			</div>
			{calendars === null || calendars.length === 0 ? null : (
				<ul aria-label={t`Calendars of ${name}`} className="border-t border-line">
					{calendars.map((calendar) => (
						<CalendarRow key={calendar.id} calendar={calendar} />
					))}
				</ul>
			)}
			{dialog === "history" ? <RunHistory connection={connection} onClose={close} /> : null}
			{dialog === "rename" ? <RenameDialog connection={connection} onClose={close} /> : null}
			{dialog === "disconnect" ? (
				<DisconnectDialog
					connection={connection}
					calendars={calendars?.length ?? 0}
					onDone={disconnected}
					onClose={close}
				/>
			) : null}
			{dialog === "reconnect" && (provider === "caldav" || provider === "icloud" || provider === "ics") ? (
				<ConnectDialog provider={provider} connection={connection} onClose={close} />
			) : null}
		</article>
	);
}

/** Who mails the guests of what is written to its calendars. */
function Invitations({ connection: { id, provider } }: { readonly connection: Connection }) {
	const { t } = useLingui();
	const { data } = useQuery(mailSettingsQuery);
	const by = data?.connections.find(({ connection_id }) => connection_id === id)?.invitations_by;
	if (by === undefined) return null;
	const names = {
		kalends: t`Kalends`,
		provider: provider === "caldav" ? t`the calendar server` : PROVIDER_NAMES[provider],
		nobody: t`nobody (no mail server)`,
	};
	return <Fact label={t`Guests are mailed by`} value={names[by]} />;
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
	return (
		<div className="flex gap-1.5">
			<dt>{label}</dt>
			<dd className="text-text">{value}</dd>
		</div>
	);
}
