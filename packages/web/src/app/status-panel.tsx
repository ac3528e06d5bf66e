import type { Calendar, Connection } from "@kalends/client";
import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";
import type { Concern } from "./concerns.ts";

export interface StatusPanelProps {
	readonly words: string;
	readonly livePaused: boolean;
	readonly concerns: readonly Concern[];
	readonly connections: readonly Connection[] | undefined;
	readonly calendars: readonly Calendar[] | undefined;
	readonly onLeave: () => void;
}

/** What the status button opens: every cause with what to do, else that all is well. */
export function StatusPanel({ words, livePaused, concerns, connections, calendars, onLeave }: StatusPanelProps) {
	const paused = new Map(connections?.flatMap(({ id, name, status }) => (status === "paused" ? [[id, name]] : [])));
	const inSync = calendars?.filter((calendar) => calendar.selected && !paused.has(calendar.connection_id)) ?? [];
	return (
		<div className="grid gap-3 text-sm">
			<h2 className="text-base font-semibold">{words}</h2>
			{livePaused ? (
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
			{[...paused].map(([id, name]) => (
				<p key={id}>
					<Trans>
						<bdi>{name}</bdi> is paused: what changes there is not seen here, and nothing is sent there.
					</Trans>
				</p>
			))}
			{concerns.length === 0 && (inSync.length > 0 || (paused.size === 0 && (connections?.length ?? 0) > 0)) ? (
				<p>
					<Plural value={inSync.length} one="# calendar is up to date." other="# calendars are up to date." />
				</p>
			) : null}
			<Link to="/settings/calendars" onClick={onLeave} className={buttonClass("secondary")}>
				{connections?.length === 0 ? <Trans>Connect a calendar</Trans> : <Trans>Calendar settings</Trans>}
			</Link>
		</div>
	);
}
