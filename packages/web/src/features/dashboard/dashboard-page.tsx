import type { Calendar, CalendarEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { CalendarCheck, CalendarPlus, Plus } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery, connectionsQuery, meQuery } from "../../api/queries.ts";
import { isGone } from "../../api/query-client.ts";
import { Page } from "../../app/page.tsx";
import { useShortcuts } from "../../app/shortcuts.ts";
import { buttonClass } from "../../ui/button.tsx";
import { overlay } from "../../ui/later.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { expectField } from "../../ui/typing.ts";
import { useNow } from "../../ui/use-now.ts";
import { usePreloaded } from "../../ui/use-preloaded.ts";
import { eventQuery, rangeQuery } from "../calendar/queries.ts";
import { useWithSelf } from "../calendar/self.ts";
import { dayText } from "../calendar/time/format.ts";
import { dayOf, instantOf } from "../calendar/time/instants.ts";
import { type PersonalReading, useReading } from "../calendar/use-reading.ts";
import { FailedWrites } from "../editor/write/failed-writes.tsx";
import { useEventWrites } from "../editor/write/use-event-writes.ts";
import { WriteDialogs } from "../editor/write/write-dialogs.tsx";
import { EventRow } from "./event-row.tsx";
import { Health } from "./health.tsx";
import { NextEvent } from "./next-event.tsx";
import { byFirstDay, isFirst, nextOf, type Upcoming, upcomingOf } from "./upcoming.ts";

const loadEventCard = () => import("../calendar/details/event-card.tsx");
const EventCard = overlay(loadEventCard, "EventCard");
const GoneEvent = overlay(() => import("../calendar/details/gone-event.tsx"), "GoneEvent");
/** What may be opened from here when there is no network. */
const PARTS = [loadEventCard, () => import("../editor/page/event-page.tsx")] as const;

const DAYS = 14;
const NO_EVENTS: readonly CalendarEvent[] = [];

/** What is next, from all calendars, and whether they are in sync. */
export function DashboardPage() {
	const { t } = useLingui();
	usePreloaded(PARTS);
	const reading = useReading();
	const now = useNow();
	const navigate = useNavigate();
	const { event: openId } = useSearch({ from: "/signed-in/" });
	const writes = useEventWrites(reading.zone);
	const today = dayOf(now, reading.zone);
	const to = Temporal.PlainDate.from(today).add({ days: DAYS }).toString();
	// Before the person's zone is known times would be shown in another.
	const me = useQuery(meQuery);
	const events = useQuery({ ...rangeQuery(today, to, reading.zone), enabled: !me.isPending });
	const calendars = useQuery(calendarsQuery);
	const connections = useQuery(connectionsQuery);
	const byId = useMemo(() => new Map((calendars.data ?? []).map((one) => [one.id, one] as const)), [calendars.data]);
	const marked = useWithSelf();
	const items = useMemo(
		() => upcomingOf((events.data ?? NO_EVENTS).map(marked), byId, reading.zone, now),
		[events.data, marked, byId, reading.zone, now],
	);
	const open = (id: string | undefined) => {
		void navigate({ to: "/", search: id === undefined ? {} : { event: id }, replace: id === undefined });
	};
	const create = () => {
		expectField();
		void navigate({ to: "/calendar/new" });
	};
	useShortcuts([{ keys: "c", label: t`New event`, run: create }]);
	const canCreate = calendars.data?.some(({ access }) => access === "write" || access === "owner") ?? false;
	const pending = me.isPending || events.isPending || calendars.isPending || connections.isPending;
	const failed = [events, calendars, connections].find(({ isError, data }) => isError && data === undefined);
	return (
		<Page
			title={t`Dashboard`}
			actions={
				canCreate ? (
					<Link to="/calendar/new" className={buttonClass("primary")}>
						<Plus aria-hidden="true" className="size-4" />
						{t`New event`}
					</Link>
				) : null
			}
		>
			<FailedWrites />
			{failed !== undefined ? (
				<ErrorState
					title={t`Your events could not be loaded.`}
					error={failed.error}
					onRetry={() => void Promise.all([events.refetch(), calendars.refetch(), connections.refetch()])}
				/>
			) : pending ? (
				<Loading label={t`Loading events…`}>
					<Skeleton className="h-36" />
					<Skeleton className="h-14" />
					<Skeleton className="h-14" />
				</Loading>
			) : connections.data?.length === 0 ? (
				<NothingConnected />
			) : (
				<div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[1fr_17rem]">
					<div className="grid min-w-0 gap-6">
						<Ahead items={items} calendars={byId} reading={reading} now={now} onOpen={open} until={to} />
					</div>
					<Health connections={connections.data ?? []} calendars={calendars.data ?? []} now={now} />
				</div>
			)}
			{openId === undefined ? null : (
				<Opened
					id={openId}
					items={items}
					calendars={byId}
					gone={<GoneEvent id={openId} reading={reading} writes={writes} onClose={() => open(undefined)} />}
				>
					{(event, calendar, also) => (
						<EventCard
							event={event}
							calendar={calendar}
							also={also}
							reading={reading}
							writes={writes}
							onClose={() => open(undefined)}
						/>
					)}
				</Opened>
			)}
			<WriteDialogs />
		</Page>
	);
}

function NothingConnected() {
	const { t } = useLingui();
	return (
		<div className="card">
			<Empty
				icon={<CalendarPlus aria-hidden="true" className="size-10" />}
				title={<Trans>Nothing is connected yet</Trans>}
				action={
					<Link to="/settings/calendars" className={buttonClass("primary")}>
						{t`Connect a calendar`}
					</Link>
				}
			>
				<Trans>Connect your calendars, and what is next in all of them is here.</Trans>
			</Empty>
		</div>
	);
}

interface AheadProps {
	readonly items: readonly Upcoming[];
	readonly calendars: ReadonlyMap<string, Calendar>;
	readonly reading: PersonalReading;
	readonly now: number;
	readonly until: string;
	readonly onOpen: (id: string) => void;
}

/** The next event, then the days. */
function Ahead({ items, calendars, reading, now, until, onOpen }: AheadProps) {
	const { t } = useLingui();
	if (items.length === 0) return <NothingSoon from={until} reading={reading} />;
	const next = nextOf(items, now);
	const today = dayOf(now, reading.zone);
	const tomorrow = Temporal.PlainDate.from(today).add({ days: 1 }).toString();
	return (
		<>
			{next === null ? null : (
				<NextEvent
					item={next}
					isFirst={isFirst(next, items, reading.zone)}
					calendar={calendars.get(next.event.calendar_id) ?? null}
					{...{ reading, now, onOpen }}
				/>
			)}
			{byFirstDay(items, reading.zone, now).map(({ day, items: own }) => (
				<section key={day} aria-labelledby={`day-${day}`} className="grid gap-1.5">
					<h2 id={`day-${day}`} className="flex items-baseline gap-2 text-sm font-semibold">
						{day === today ? <span className="text-accent">{t`Today`}</span> : null}
						{day === tomorrow ? <span>{t`Tomorrow`}</span> : null}
						<span className={day === today || day === tomorrow ? "font-normal text-muted" : ""}>
							{dayText(day, reading.locale, { weekday: "long", day: "numeric", month: "long" })}
						</span>
					</h2>
					<ul className="grid gap-1.5">
						{own.map((item) => (
							<li key={item.event.id}>
								<EventRow {...{ item, calendars, reading, now, onOpen }} />
							</li>
						))}
					</ul>
				</section>
			))}
		</>
	);
}

function nextAfterQuery(from: string, zone: string) {
	return queryOptions({
		queryKey: ["events", "next-after", from, zone],
		queryFn: ({ signal }) => kalends.events.upcoming({ from, days: 366, limit: 1, time_zone: zone }, { signal }).all(1),
	});
}

/** Nothing in the days that are listed: says until when, where something comes within a year. */
function NothingSoon({ from, reading }: { readonly from: string; readonly reading: PersonalReading }) {
	const { t } = useLingui();
	const next = useQuery(nextAfterQuery(from, reading.zone)).data?.[0];
	const day = next === undefined ? null : dayOf(instantOf(next.start, reading.zone), reading.zone);
	return (
		<div className="card">
			<Empty
				icon={<CalendarCheck aria-hidden="true" className="size-10" />}
				title={day === null ? t`Nothing in the next ${DAYS} days` : t`Nothing until ${dayText(day, reading.locale)}`}
				action={
					<Link to="/calendar" className={buttonClass("secondary")}>
						{t`Open the calendar`}
					</Link>
				}
			>
				{next === undefined ? null : <bdi>{next.title}</bdi>}
			</Empty>
		</div>
	);
}

/** The event of this id: from what is listed, else asked for. */
function Opened({
	id,
	items,
	calendars,
	gone,
	children,
}: {
	readonly id: string;
	readonly items: readonly Upcoming[];
	readonly calendars: ReadonlyMap<string, Calendar>;
	/** Shown where there is no such event any more. */
	readonly gone: ReactNode;
	readonly children: (event: CalendarEvent, calendar: Calendar | null, also: readonly Calendar[]) => ReactNode;
}) {
	const { t } = useLingui();
	const item = items.find(({ copies }) => copies.some((copy) => copy.id === id));
	const listed = item?.copies.find((copy) => copy.id === id);
	const asked = useQuery({ ...eventQuery(id), enabled: listed === undefined });
	const event = listed ?? asked.data;
	if (event === undefined) {
		if (isGone(asked.error)) return gone;
		return asked.isError ? <ErrorState title={t`This event could not be opened.`} error={asked.error} /> : null;
	}
	const also = (item?.copies ?? []).flatMap((copy) => {
		const calendar = calendars.get(copy.calendar_id);
		return copy.id === event.id || calendar === undefined ? [] : [calendar];
	});
	return children(event, calendars.get(event.calendar_id) ?? null, also);
}
