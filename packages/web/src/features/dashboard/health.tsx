import type { Calendar, Connection } from "@kalends/client";
import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CalendarMark } from "../../ui/calendar-mark.tsx";
import { ConnectionStatus } from "../settings/connection-status.tsx";

export interface HealthProps {
	readonly connections: readonly Connection[];
	readonly calendars: readonly Calendar[];
	readonly now: number;
}

/** How each account goes, with its calendars; where something has to be done, the way to it. */
export function Health({ connections, calendars, now }: HealthProps) {
	return (
		<aside aria-labelledby="health" className="grid grid-cols-1 gap-3">
			<h2 id="health" className="text-sm font-semibold">
				<Trans>Calendars</Trans>
			</h2>
			{connections.map((connection) => {
				const own = calendars.filter(({ connection_id }) => connection_id === connection.id);
				const shown = own.filter(({ selected }) => selected);
				const held = shown.reduce((sum, { held_deletions }) => sum + held_deletions, 0);
				return (
					<section
						key={connection.id}
						aria-labelledby={`health-${connection.id}`}
						className="card grid grid-cols-1 gap-2 p-4"
					>
						<h3 id={`health-${connection.id}`} dir="auto" className="truncate font-semibold">
							{connection.name}
						</h3>
						<ConnectionStatus connection={connection} now={now} />
						{held === 0 ? null : (
							<p className="text-sm text-warn">
								<Plural
									value={held}
									one="One deletion waits for your decision."
									other="# deletions wait for your decision."
								/>
							</p>
						)}
						{shown.length === 0 ? (
							<p className="text-sm text-muted">
								<Trans>None of its calendars is shown.</Trans>
							</p>
						) : (
							<ul className="grid grid-cols-1 gap-1 text-sm">
								{shown.map(({ id, name, color }) => (
									<li key={id} className="flex items-center gap-2">
										<CalendarMark name={name} color={color} />
										<span dir="auto" className="min-w-0 truncate">
											{name}
										</span>
									</li>
								))}
							</ul>
						)}
					</section>
				);
			})}
			<Link to="/settings/calendars" className="text-sm text-accent underline">
				<Trans>Calendar settings</Trans>
			</Link>
		</aside>
	);
}
