import type { Connection } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery } from "../../api/queries.ts";
import { useCalendarUpdate } from "../../api/use-calendar-update.ts";
import { CalendarMark } from "../../ui/calendar-mark.tsx";
import { Switch } from "../../ui/field.tsx";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { EventDay } from "./event-day.tsx";
import { runsQuery } from "./runs.ts";

/** What connecting found: its calendars to choose among, how far reading them has come, and the next events. */
export function FoundCalendars({ connection }: { readonly connection: Connection }) {
	const { t } = useLingui();
	const calendars = useQuery(calendarsQuery);
	const update = useCalendarUpdate();
	const runs = useQuery({
		...runsQuery(connection.id),
		refetchInterval: ({ state }) => (state.data?.[0]?.state === "done" ? false : 1_000),
	});
	const run = runs.data?.[0];
	const found = calendars.data?.filter(({ connection_id }) => connection_id === connection.id);
	if (found === undefined) {
		return (
			<Loading>
				<Skeleton className="h-10" />
			</Loading>
		);
	}
	return (
		<div className="grid gap-4">
			<p>
				{found.length === 0 ? (
					<Trans>The account has no calendars. Make one at the provider: it will appear here by itself.</Trans>
				) : (
					<Plural
						value={found.length}
						one="One calendar was found."
						other="# calendars were found. Choose which Kalends shows."
					/>
				)}
			</p>
			<ul className="grid gap-2">
				{found.map(({ id, name, color, selected }) => (
					<li key={id} className="flex items-center gap-3">
						<CalendarMark name={name} color={color} />
						<span dir="auto" className="min-w-0 flex-1">
							{name}
						</span>
						<Switch
							label={t`Show ${name}`}
							hideLabel
							checked={selected}
							onChange={(on) => update.mutate({ id, patch: { selected: on } })}
						/>
					</li>
				))}
			</ul>
			<p role="status" className="text-sm text-muted">
				{run?.state === "done" ? (
					<Plural value={run.created} one="One event was read." other="# events were read." />
				) : run?.state === "failed" ? (
					run.error?.detail
				) : (
					<Plural value={run?.created ?? 0} one="Reading events: one so far…" other="Reading events: # so far…" />
				)}
			</p>
			{run?.state === "done" ? <Preview connectionId={connection.id} /> : null}
		</div>
	);
}

function previewQuery(connectionId: string) {
	return queryOptions({
		queryKey: ["events", "preview", connectionId],
		queryFn: ({ signal }) => {
			const from = new Date();
			const to = new Date(from.getTime() + 365 * 86_400_000);
			const query = { from: from.toISOString(), to: to.toISOString(), connection_id: connectionId, limit: 5 };
			return kalends.events.list(query, { signal }).all(5);
		},
	});
}

function Preview({ connectionId }: { readonly connectionId: string }) {
	const { t } = useLingui();
	const events = useQuery(previewQuery(connectionId));
	if (events.isError) return <ErrorState title={t`The next events could not be loaded.`} error={events.error} />;
	if (events.data === undefined) return null;
	if (events.data.length === 0) {
		return (
			<p className="text-sm text-muted">
				<Trans>Nothing is planned in the coming year.</Trans>
			</p>
		);
	}
	return (
		<div className="grid gap-2">
			<h3 className="text-sm font-semibold">
				<Trans>The next events</Trans>
			</h3>
			<ul className="grid gap-1 text-sm">
				{events.data.map(({ id, title, start }) => (
					<li key={id} className="flex gap-3">
						<EventDay {...{ start, title }} />
					</li>
				))}
			</ul>
		</div>
	);
}
