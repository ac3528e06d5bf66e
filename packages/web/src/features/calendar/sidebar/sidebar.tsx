import type { Calendar, Connection } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Lock, TriangleAlert } from "lucide-react";
import { CalendarMark } from "../../../ui/calendar-mark.tsx";
import { canWrite } from "../grid/to-grid.ts";
import type { CalendarUrl } from "../use-calendar.ts";
import { MiniMonth } from "./mini-month.tsx";

export interface SidebarProps {
	readonly url: CalendarUrl;
	readonly calendars: readonly Calendar[];
	readonly connections: readonly Connection[];
	readonly onDeleted: () => void;
}

/** A month to go by, and the calendars by account, each shown or not. */
export function Sidebar({ url, calendars, connections, onDeleted }: SidebarProps) {
	const { t } = useLingui();
	const { state, today, reading, go, show } = url;
	return (
		<div className="grid content-start gap-5">
			<MiniMonth
				date={state.date}
				today={today}
				locale={reading.locale}
				weekStart={reading.weekStart}
				onChange={(date) => go({ date })}
			/>
			{connections.map((connection) => {
				const own = calendars.filter(({ connection_id, selected }) => connection_id === connection.id && selected);
				return own.length === 0 ? null : (
					<fieldset key={connection.id} className="grid min-w-0 grid-cols-1 gap-0.5">
						<legend dir="auto" className="mb-1 max-w-full truncate px-2 text-xs font-semibold text-muted">
							{connection.name}
						</legend>
						{own.map((calendar) => (
							<label
								key={calendar.id}
								className="flex min-h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-hover pointer-coarse:min-h-11"
							>
								<input
									type="checkbox"
									checked={!state.hidden.has(calendar.id)}
									onChange={({ target }) => show(calendar, target.checked)}
									className="size-4.5 shrink-0 accent-accent"
								/>
								<CalendarMark name={calendar.name} color={calendar.color} />
								<span dir="auto" className="min-w-0 flex-1 truncate">
									{calendar.name}
								</span>
								{["paused", "error", "gone"].includes(calendar.status) ? (
									<TriangleAlert aria-label={t`needs attention`} className="size-4 shrink-0 text-warn" />
								) : null}
								{canWrite(calendar) ? null : (
									<Lock aria-label={t`can only be read`} className="size-3.5 shrink-0 text-muted" />
								)}
							</label>
						))}
					</fieldset>
				);
			})}
			<div className="grid justify-items-start gap-1 px-2 text-sm text-accent">
				<Link to="/settings/calendars" className="min-h-6 target-touch">
					{t`Calendar settings`}
				</Link>
				<button type="button" onClick={onDeleted} className="min-h-6 target-touch">
					{t`Recently deleted`}
				</button>
			</div>
		</div>
	);
}
