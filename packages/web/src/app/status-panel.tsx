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
			{concerns.length === 0 && (connections?.length ?? 0) > 0 ? (
				<p>
					<Plural
						value={calendars?.filter(({ selected }) => selected).length ?? 0}
						one="# calendar is up to date."
						other="# calendars are up to date."
					/>
				</p>
			) : null}
			<Link to="/settings/calendars" onClick={onLeave} className={buttonClass("secondary")}>
				{connections?.length === 0 ? <Trans>Connect a calendar</Trans> : <Trans>Calendar settings</Trans>}
			</Link>
		</div>
	);
}
