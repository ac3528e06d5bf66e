import type { Calendar, CalendarEvent } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { CircleAlert, Clock3, type LucideIcon, MailQuestionMark, MapPin, Repeat, TriangleAlert } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import { calendarColorProperties } from "../../ui/calendar-color.ts";
import { CalendarMark } from "../../ui/calendar-mark.tsx";
import { EventBar } from "../calendar/grid/event-bar.tsx";
import { colorOf } from "../calendar/grid/event-chip.tsx";
import { lookOf } from "../calendar/grid/to-grid.ts";
import { ownInvitation } from "../calendar/self.ts";
import { dayText, type Reading, SHORT_DAY, timesText } from "../calendar/time/format.ts";
import { daysOf } from "../calendar/time/instants.ts";
import type { Upcoming } from "./upcoming.ts";

export interface EventRowProps {
	readonly item: Upcoming;
	readonly calendars: ReadonlyMap<string, Calendar>;
	readonly reading: Reading;
	readonly now: number;
	readonly onOpen: (id: string) => void;
}

/** One thing that happens: when, what, where, in which calendars, and what it clashes with. */
export function EventRow({ item, calendars, reading, now, onOpen }: EventRowProps) {
	const { t } = useLingui();
	const { event, copies, start, end, clashes } = item;
	const calendar = calendars.get(event.calendar_id) ?? null;
	const look = lookOf(event, end, now);
	const { first, last } = daysOf(event.start, event.end, reading.zone);
	const until = dayText(last, reading.locale, SHORT_DAY);
	const when = event.all_day
		? first === last
			? t`all day`
			: t`until ${until}`
		: first === last
			? timesText(start, end, reading)
			: t`${timesText(start, start, reading)}, until ${until}`;
	return (
		<button
			type="button"
			onClick={() => onOpen(event.id)}
			style={calendarColorProperties(colorOf(event, calendar)) as CSSProperties}
			className={`card flex min-h-13 w-full items-center gap-3 px-3 py-2 text-start hover:bg-hover density-compact:min-h-10 density-compact:py-1 ${look.pending ? "border-dashed" : ""} ${look.failed ? "border-danger" : ""}`}
		>
			<EventBar look={look} />
			<span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3">
				<span dir="auto" className="w-26 shrink-0 text-sm text-muted tabular-nums">
					{when}
				</span>
				<span className="grid min-w-0 flex-1 basis-32">
					<span
						data-title
						dir="auto"
						className={`truncate font-medium ${look.declined ? "text-muted line-through" : ""}`}
					>
						{event.title === "" ? t`(No title)` : event.title}
					</span>
					{event.location === "" ? null : (
						<span className="flex min-w-0 items-center gap-1 text-sm text-muted">
							<MapPin aria-hidden="true" className="size-3.5 shrink-0" />
							<span dir="auto" className="truncate">
								{event.location}
							</span>
						</span>
					)}
					{look.declined || !waitsForAnswer(event) ? null : (
						<Hint icon={MailQuestionMark} tone="text-accent">
							<Trans>Waits for your answer</Trans>
						</Hint>
					)}
					{clashes.length === 0 ? null : (
						<Hint icon={TriangleAlert} tone="text-warn">
							{clashes.length === 1 ? (
								<Trans>
									Clashes with <bdi>{clashes[0] || t`(No title)`}</bdi>
								</Trans>
							) : (
								<Plural value={clashes.length} one="Clashes with one other" other="Clashes with # others" />
							)}
						</Hint>
					)}
				</span>
			</span>
			<span className="flex shrink-0 items-center gap-1.5 text-muted">
				<Looks look={look} repeats={event.recurring_event_id !== null} />
				{copies.map((copy) => {
					const own = calendars.get(copy.calendar_id) ?? null;
					return (
						<span key={copy.id} title={own?.name}>
							<CalendarMark name={own?.name ?? ""} color={colorOf(copy, own)} />
							<span className="sr-only" dir="auto">
								{own?.name}
							</span>
						</span>
					);
				})}
			</span>
		</button>
	);
}

function waitsForAnswer(event: CalendarEvent): boolean {
	return event.status !== "cancelled" && ownInvitation(event)?.response === "needs_action";
}

interface HintProps {
	readonly icon: LucideIcon;
	readonly tone: string;
	readonly children: ReactNode;
}

function Hint({ icon: Icon, tone, children }: HintProps) {
	return (
		<span className={`flex min-w-0 items-start gap-1 text-sm ${tone}`}>
			<Icon aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
			<span className="min-w-0">{children}</span>
		</span>
	);
}

function Looks({ look, repeats }: { readonly look: ReturnType<typeof lookOf>; readonly repeats: boolean }) {
	const { t } = useLingui();
	return (
		<>
			{look.failed ? <CircleAlert aria-hidden="true" className="size-4 text-danger" /> : null}
			{look.pending ? <Clock3 aria-hidden="true" className="size-4" /> : null}
			{repeats ? <Repeat aria-hidden="true" className="size-3.5" /> : null}
			<span className="sr-only">
				{[
					look.failed ? t`could not be saved with the provider` : null,
					look.pending ? t`not yet with the provider` : null,
					repeats ? t`repeats` : null,
					look.declined ? t`declined or cancelled` : look.tentative ? t`tentative` : null,
				]
					.filter((word) => word !== null)
					.join(", ")}
			</span>
		</>
	);
}
