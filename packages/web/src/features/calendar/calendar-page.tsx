import type { Calendar, CalendarEvent, NewEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CalendarPlus, SearchX } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery, connectionsQuery } from "../../api/queries.ts";
import { isGone } from "../../api/query-client.ts";
import { usePageTitle } from "../../app/page.tsx";
import { useShortcuts } from "../../app/shortcuts.ts";
import { buttonClass } from "../../ui/button.tsx";
import { overlay } from "../../ui/later.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { expectField } from "../../ui/typing.ts";
import { usePreloaded } from "../../ui/use-preloaded.ts";
import { FailedWrites } from "../editor/write/failed-writes.tsx";
import { useEventWrites } from "../editor/write/use-event-writes.ts";
import { WriteDialogs } from "../editor/write/write-dialogs.tsx";
import { Agenda } from "./agenda/agenda.tsx";
import { BrokenStrip } from "./broken-strip.tsx";
import "./calendar.css";
import { inOrder, type Stop, tabStop as tabStopOf } from "./focus/roving.ts";
import { useEventKeys } from "./focus/use-event-keys.ts";
import { CalendarGrid } from "./grid/calendar-grid.tsx";
import { toGrid } from "./grid/to-grid.ts";
import { type Placed, placedAt, samePlace, spanAt } from "./move/plan-move.ts";
import { rangeQuery, searchQuery } from "./queries.ts";
import { useWithSelf } from "./self.ts";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { daysOf, instantOf } from "./time/instants.ts";
import { Toolbar } from "./toolbar.tsx";
import { daysShown, searchShowing, stepped } from "./url/state.ts";
import { useCalendarUrl } from "./use-calendar.ts";
import { useOpenedEvent } from "./use-opened-event.ts";
import type { EventPoint } from "./wire.ts";

const loadEventCard = () => import("./details/event-card.tsx");
const loadGoneEvent = () => import("./details/gone-event.tsx");
const loadDeletedDialog = () => import("../editor/history/deleted-dialog.tsx");
const loadQuickCreate = () => import("../editor/page/quick-create.tsx");
const EventCard = overlay(loadEventCard, "EventCard");
const GoneEvent = overlay(loadGoneEvent, "GoneEvent");
const DeletedDialog = overlay(loadDeletedDialog, "DeletedDialog");
const QuickCreate = overlay(loadQuickCreate, "QuickCreate");
/** What may be opened from here when there is no network, the page of an event too. */
const PARTS = [
	loadQuickCreate,
	loadEventCard,
	() => import("../editor/page/event-page.tsx"),
	loadGoneEvent,
	loadDeletedDialog,
] as const;

interface Selected {
	readonly start: number;
	readonly end: number;
	readonly allDay: boolean;
	readonly clear: () => void;
}

const NO_EVENTS: readonly CalendarEvent[] = [];
const HALF_HOUR = 1_800_000;

export function CalendarPage() {
	const { t } = useLingui();
	usePageTitle(t`Calendar`);
	usePreloaded(PARTS);
	const url = useCalendarUrl();
	const { state, reading, today, isPhone, go } = url;
	const navigate = useNavigate();
	const [sidebar, toggleSidebar] = useSidebar(isPhone);
	const [selected, setSelected] = useState<Selected | null>(null);
	const [deleted, setDeleted] = useState(false);
	const [focused, setFocused] = useState<string | null>(null);
	const area = useRef<HTMLDivElement>(null);
	const searchField = useRef<HTMLInputElement>(null);
	const dateField = useRef<HTMLInputElement>(null);
	const writes = useEventWrites(reading.zone);

	const calendars = useQuery(calendarsQuery);
	const connections = useQuery(connectionsQuery);
	const days = daysShown(state.view, state.date, reading.weekStart);
	const searching = state.q !== null && state.q.trim() !== "";
	const range = useQuery(rangeQuery(days.from, days.to, reading.zone));
	const found = useQuery(searchQuery(state.q ?? "", today, reading.zone));
	const query = searching ? found : range;
	const marked = useWithSelf();
	const all = useMemo(() => query.data?.map(marked) ?? NO_EVENTS, [query.data, marked]);

	const byId = useMemo(() => new Map((calendars.data ?? []).map((one) => [one.id, one] as const)), [calendars.data]);
	const hiddenKey = [...state.hidden].sort().join();
	// biome-ignore lint/correctness/useExhaustiveDependencies: the set is made anew with each address, its members are its key.
	const events = useMemo(() => all.filter(({ calendar_id }) => !state.hidden.has(calendar_id)), [all, hiddenKey]);
	const gridEvents = useMemo(
		() => events.map((event) => toGrid(event, byId, reading.zone)),
		[events, byId, reading.zone],
	);
	const stops = useMemo(() => stopsOf(events, reading.zone), [events, reading.zone]);
	const tabStop = tabStopOf(stops, focused, Date.now());
	const opened = useOpenedEvent(url, all, query.isSuccess && !query.isPlaceholderData);
	const announced = useAnnouncedRange(query.isSuccess && !query.isPlaceholderData, events.length);

	const place = async (event: CalendarEvent, placed: Placed, revert = () => {}) => {
		if (samePlace(placed, placedAt(event, reading.zone))) return;
		if (!(await writes.update(event, spanAt(placed, event, reading.zone)))) revert();
	};
	const create = () => {
		expectField();
		const start = Math.ceil((Date.now() + 1) / HALF_HOUR) * HALF_HOUR;
		const day =
			state.date === today
				? start
				: instantOf({ date_time: `${state.date}T09:00:00`, time_zone: reading.zone }, reading.zone);
		setSelected({ start: day, end: day + 2 * HALF_HOUR, allDay: false, clear: () => undefined });
	};
	/** Goes to what is being made, or is back, where that is out of sight. */
	const show = ({ start, end, calendar_id: calendarId = "" }: Pick<NewEvent, "start" | "end" | "calendar_id">) => {
		const days = daysOf(start as EventPoint, end as EventPoint, reading.zone);
		const shown = searchShowing({}, state, { ...days, calendarId }, reading.weekStart);
		if (shown !== null) go({ q: undefined, hide: undefined, ...shown });
	};
	const edit = (id: string) => void navigate({ to: "/calendar/event/$eventId", params: { eventId: id } });
	const syncAll = async () => {
		announce(t`Syncing`);
		const results = await Promise.allSettled((connections.data ?? []).map(({ id }) => kalends.connections.sync(id)));
		if (results.some(({ status }) => status === "rejected")) announce(t`Not every account could be synced`);
	};
	useShortcuts([
		{ keys: "c", label: t`New event`, run: create },
		{ keys: "t", label: t`Go to today`, run: () => go({ date: undefined }) },
		{ keys: "j", label: t`Next`, run: () => go({ date: stepped(state.view, state.date, 1) }) },
		{ keys: "k", label: t`Previous`, run: () => go({ date: stepped(state.view, state.date, -1) }) },
		{ keys: "m", label: t`Month`, run: () => go({ view: "month" }) },
		{ keys: "w", label: t`Week`, run: () => go({ view: "week" }) },
		{ keys: "d", label: t`Day`, run: () => go({ view: "day" }) },
		{ keys: "a", label: t`Agenda`, run: () => go({ view: "agenda" }) },
		{ keys: "g", label: t`Go to a date`, run: () => openDate(dateField.current) },
		{ keys: "e", label: t`Edit the focused event`, run: () => focused !== null && edit(focused) },
		{ keys: "r", label: t`Sync now`, run: () => void syncAll() },
	]);
	useEventKeys({ area, events, stops, calendars: byId, zone: reading.zone, place, remove: writes.remove });

	const common = { reading, tabStop, onFocus: setFocused, onOpen: opened.open } as const;
	const nothing = query.isSuccess && !query.isPlaceholderData && events.length === 0;
	return (
		<div className="fills-window flex h-full flex-col">
			<Toolbar
				url={url}
				onCreate={create}
				sidebarShown={sidebar}
				onSidebar={toggleSidebar}
				searchField={searchField}
				dateField={dateField}
			/>
			<div className="grid gap-2 px-3 empty:hidden not-empty:py-2 sm:px-4">
				<BrokenStrip calendars={calendars.data ?? []} connections={connections.data ?? []} />
				<FailedWrites />
				{calendars.data?.length === 0 && state.view !== "agenda" && !searching ? <NoCalendars /> : null}
				{query.isError ? (
					<ErrorState title={t`Events could not be read.`} error={query.error} onRetry={() => void query.refetch()} />
				) : null}
				{opened.error === null || isGone(opened.error) ? null : (
					<ErrorState title={t`That event could not be opened.`} error={opened.error} onRetry={opened.retry} />
				)}
			</div>
			<div className="flex min-h-0 flex-1 max-sm:flex-col">
				{sidebar ? (
					<aside
						aria-label={t`Calendars`}
						className="w-58 shrink-0 overflow-y-auto border-line bg-surface p-3 max-sm:max-h-[55%] max-sm:w-full max-sm:border-b sm:border-e"
					>
						<Sidebar
							url={url}
							calendars={calendars.data ?? []}
							connections={connections.data ?? []}
							onDeleted={() => setDeleted(true)}
						/>
					</aside>
				) : null}
				<div ref={area} className="relative min-h-0 min-w-0 flex-1 overflow-hidden" aria-busy={query.isFetching}>
					{(query.isPending && !searching) || calendars.isPending ? (
						<div className="p-4">
							<Loading label={t`Loading events…`}>
								<Skeleton className="h-[60dvh]" />
							</Loading>
						</div>
					) : searching || state.view === "agenda" ? (
						<div className="h-full overflow-y-auto">
							{nothing ? (
								<NoEvents searching={searching} calendars={calendars.data} />
							) : (
								<Agenda {...common} events={events} calendars={byId} days={searching ? null : days} today={today} />
							)}
						</div>
					) : (
						<CalendarGrid
							{...common}
							view={state.view}
							date={state.date}
							secondZone={state.secondZone}
							events={gridEvents}
							onPlace={place}
							onDay={(date) => go({ view: "day", date })}
							onSelect={(start, end, allDay, clear) => {
								expectField();
								setSelected({ start: start.getTime(), end: end.getTime(), allDay, clear });
							}}
						/>
					)}
				</div>
			</div>
			<p className="sr-only" role="status">
				{announced}
			</p>
			{state.event !== null && isGone(opened.error) ? (
				<GoneEvent id={state.event} reading={reading} writes={writes} onClose={opened.close} />
			) : null}
			{opened.event === null ? null : (
				<EventCard
					event={opened.event}
					calendar={byId.get(opened.event.calendar_id) ?? null}
					reading={reading}
					writes={writes}
					onClose={opened.close}
				/>
			)}
			{deleted ? (
				<DeletedDialog reading={reading} writes={writes} onRestored={show} onClose={() => setDeleted(false)} />
			) : null}
			{selected === null ? null : (
				<QuickCreate
					{...selected}
					zone={reading.zone}
					calendars={calendars.data ?? []}
					writes={writes}
					onSave={show}
					onClose={() => {
						selected.clear();
						setSelected(null);
					}}
				/>
			)}
			<WriteDialogs />
		</div>
	);
}

function NoEvents({
	searching,
	calendars,
}: {
	readonly searching: boolean;
	readonly calendars: readonly Calendar[] | undefined;
}) {
	const { t } = useLingui();
	if (searching) {
		return (
			<Empty icon={<SearchX aria-hidden="true" className="size-8" />} title={t`Nothing was found`}>
				<Trans>Titles, descriptions, places and guests were searched, a year back and a year ahead.</Trans>
			</Empty>
		);
	}
	return calendars?.length === 0 ? <NoCalendars /> : <Empty title={t`Nothing in these 30 days`} />;
}

function NoCalendars() {
	const { t } = useLingui();
	return (
		<Empty
			icon={<CalendarPlus aria-hidden="true" className="size-8" />}
			title={t`No calendar is connected yet`}
			action={
				<Link to="/settings/calendars" className={buttonClass("primary")}>
					{t`Connect a calendar`}
				</Link>
			}
		/>
	);
}

/** Beside the grid where there is room for both, above it on phones; each until the person says otherwise. */
function useSidebar(isPhone: boolean): readonly [shown: boolean, toggle: () => void] {
	const [beside, setBeside] = useState(hasRoomBeside);
	const [above, setAbove] = useState(false);
	const set = isPhone ? setAbove : setBeside;
	return [isPhone ? above : beside, () => set((shown) => !shown)];
}

/** Of 80 rem, as large as the text is: a media query knows only the browser's own size of it. */
function hasRoomBeside(): boolean {
	return innerWidth >= 80 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function stopsOf(events: readonly CalendarEvent[], zone: string): readonly Stop[] {
	const stops = events.map(
		(event): Stop => ({
			id: event.id,
			day: daysOf(event.start, event.end, zone).first,
			allDay: event.all_day,
			start: instantOf(event.start, zone),
		}),
	);
	return inOrder(stops);
}

/** Says how many events there are when other days were gone to, not when one changes. */
function useAnnouncedRange(ready: boolean, count: number): string {
	const { t } = useLingui();
	const [text, setText] = useState("");
	const url = useCalendarUrl();
	const key = `${url.state.view} ${url.state.date} ${url.state.q ?? ""}`;
	const told = useRef(key);
	useEffect(() => {
		if (!ready || told.current === key) return;
		told.current = key;
		setText(t`${count} events`);
	}, [ready, key, count, t]);
	return text;
}

function openDate(field: HTMLInputElement | null): void {
	field?.focus();
	field?.showPicker();
}
