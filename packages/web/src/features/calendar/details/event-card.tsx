import type { Calendar, CalendarEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import {
	CalendarClock,
	CircleAlert,
	Clock3,
	History,
	MapPin,
	Move,
	Pencil,
	Repeat,
	Trash2,
	Users,
	Video,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, buttonClass } from "../../../ui/button.tsx";
import { CalendarMark } from "../../../ui/calendar-mark.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { overlay } from "../../../ui/later.tsx";
import { Loading, Notice, Skeleton } from "../../../ui/states.tsx";
import type { EventWrites } from "../../editor/write/use-event-writes.ts";
import { colorOf } from "../grid/event-chip.tsx";
import { canEdit } from "../grid/to-grid.ts";
import { ownInvitation, useWithSelf } from "../self.ts";
import { type Reading, timesText } from "../time/format.ts";
import { instantOf } from "../time/instants.ts";
import { isDay } from "../wire.ts";
import { Description } from "./description.tsx";
import { Rsvp } from "./rsvp.tsx";
import { daysText, ownTimesText } from "./when.ts";

/** What the API's names of services are called. */
const VIDEO_CALLS: Readonly<Record<string, string>> = {
	google_meet: "Google Meet",
	jitsi: "Jitsi",
	microsoft_teams: "Microsoft Teams",
	telemost: "Telemost",
	webex: "Webex",
	zoom: "Zoom",
};

const LOADING = { meanwhile: <CardLoading /> } as const;
const HistoryDialog = overlay(() => import("../../editor/history/history-dialog.tsx"), "HistoryDialog", LOADING);
const MoveDialog = overlay(() => import("../move/move-dialog.tsx"), "MoveDialog", LOADING);

export interface EventCardProps {
	readonly event: CalendarEvent;
	readonly calendar: Calendar | null;
	/** Other calendars that have the same event. */
	readonly also?: readonly Calendar[];
	readonly reading: Reading;
	readonly writes: EventWrites;
	readonly onClose: () => void;
}

/** An event at a glance, with what can be done about it. */
export function EventCard({ event, calendar, also = [], reading, writes, onClose }: EventCardProps) {
	const { t } = useLingui();
	const [open, setOpen] = useState<"history" | "move" | null>(null);
	const editable = canEdit(event, calendar);
	const guests = event.participants.filter(({ self, organizer }) => !self || !organizer);
	const seriesId = event.recurring_event_id;
	const invitation = ownInvitation(useWithSelf()(event));
	return (
		<Dialog
			isOpen
			onClose={onClose}
			title={
				<span className="flex items-start gap-2.5">
					<CalendarMark name={calendar?.name ?? ""} color={colorOf(event, calendar)} />
					<span
						dir="auto"
						title={event.title}
						className={`line-clamp-4 wrap-anywhere ${event.status === "cancelled" ? "line-through" : ""}`}
					>
						{event.title === "" ? t`(No title)` : event.title}
					</span>
				</span>
			}
		>
			<SyncNotice event={event} writes={writes} onClose={onClose} />
			<div className="grid gap-2.5 text-sm">
				<Line icon={<CalendarClock aria-hidden="true" className="size-4.5" />}>
					<When event={event} reading={reading} />
				</Line>
				{seriesId === null ? null : (
					<Line icon={<Repeat aria-hidden="true" className="size-4.5" />}>
						<Trans>One of a series</Trans>
					</Line>
				)}
				{event.location === "" ? null : (
					<Line icon={<MapPin aria-hidden="true" className="size-4.5" />}>
						<span dir="auto" className="whitespace-pre-line">
							{event.location}
						</span>
					</Line>
				)}
				{event.conference === null ? null : (
					<Line icon={<Video aria-hidden="true" className="size-4.5" />}>
						{/^https?:/i.test(event.conference.url) ? (
							<a
								href={event.conference.url}
								target="_blank"
								rel="noopener noreferrer"
								className="break-all text-accent"
							>
								{VIDEO_CALLS[event.conference.provider ?? ""] ?? event.conference.provider ?? t`Join the call`}
							</a>
						) : (
							<Trans>A video call is being made.</Trans>
						)}
					</Line>
				)}
				{guests.length === 0 ? null : (
					<Line icon={<Users aria-hidden="true" className="size-4.5" />}>
						<ul className="grid gap-0.5">
							{guests.map(({ email, name, response }) => (
								<li key={email} dir="auto">
									{name ?? email} <Answer response={response} />
								</li>
							))}
						</ul>
					</Line>
				)}
				{event.description === "" ? null : <Description text={event.description} />}
				<p className="text-muted">
					{[calendar, ...also].map((one, index) => (
						<span key={one?.id ?? index}>
							{index === 0 ? null : " · "}
							<bdi>{one?.name}</bdi>
						</span>
					))}
					{editable ? null : <> · {t`can only be read`}</>}
					<SourceLink event={event} />
				</p>
			</div>
			{editable && invitation !== null ? <Rsvp event={event} invitation={invitation} /> : null}
			<div className="flex flex-wrap gap-2 border-t border-line pt-4">
				{editable ? (
					<>
						<Link to="/calendar/event/$eventId" params={{ eventId: event.id }} className={buttonClass("primary")}>
							<Pencil aria-hidden="true" className="size-4" />
							{t`Edit`}
						</Link>
						<Button onClick={() => setOpen("move")}>
							<Move aria-hidden="true" className="size-4" />
							{t`Move…`}
						</Button>
						<Button
							className="text-danger"
							onClick={() => {
								onClose();
								void writes.remove(event);
							}}
						>
							<Trash2 aria-hidden="true" className="size-4" />
							{t`Delete`}
						</Button>
					</>
				) : null}
				<Button kind="quiet" onClick={() => setOpen("history")}>
					<History aria-hidden="true" className="size-4" />
					{t`History`}
				</Button>
			</div>
			{open === "history" ? (
				<HistoryDialog
					event={event}
					reading={reading}
					writes={writes}
					canRestore={editable}
					onClose={() => setOpen(null)}
				/>
			) : null}
			{open === "move" ? (
				<MoveDialog
					event={event}
					reading={reading}
					onClose={() => setOpen(null)}
					onMove={(patch) => {
						setOpen(null);
						onClose();
						void writes.update(event, patch);
					}}
				/>
			) : null}
		</Dialog>
	);
}

/** To the event where it is kept, if it has a page there. */
function SourceLink({ event: { html_link: link } }: Pick<EventCardProps, "event">) {
	const { t } = useLingui();
	if (link === null || !/^https?:/i.test(link)) return null;
	return (
		<>
			{" · "}
			<a href={link} target="_blank" rel="noopener noreferrer" className="text-accent underline">
				{t`Open at the provider`}
			</a>
		</>
	);
}

function CardLoading() {
	return (
		<Loading>
			<Skeleton className="h-8" />
		</Loading>
	);
}

function Line({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
	return (
		<div className="flex items-start gap-3">
			<span className="mt-0.5 shrink-0 text-muted">{icon}</span>
			<div className="min-w-0 flex-1">{children}</div>
		</div>
	);
}

/** In the zone that is shown, and in the event's own where one is another. */
function When({ event, reading }: { readonly event: CalendarEvent; readonly reading: Reading }) {
	const { start, end } = event;
	if (isDay(start)) return <span>{daysText(event, reading)}</span>;
	const from = instantOf(start, reading.zone);
	const to = instantOf(end, reading.zone);
	const own = ownTimesText(event, reading);
	return (
		<span className="grid">
			<span>
				{daysText(event, reading)}, {timesText(from, to, reading)}
			</span>
			{own === null ? null : <span className="text-muted">{own}</span>}
		</span>
	);
}

/** Pending and failed are said, with the reason and what can be done. */
function SyncNotice({ event, writes, onClose }: Pick<EventCardProps, "event" | "writes" | "onClose">) {
	const { t } = useLingui();
	const { state, error } = event.sync;
	if (state === "synced") return null;
	const settle = (action: "retry" | "discard") => {
		onClose();
		void writes.settle(event, action);
	};
	return (
		<Notice
			tone={state === "failed" ? "danger" : "warn"}
			actions={
				<>
					<Button onClick={() => settle("retry")}>{t`Try again`}</Button>
					<Button kind="quiet" onClick={() => settle("discard")}>{t`Discard the change`}</Button>
				</>
			}
		>
			<p className="flex items-center gap-2 font-semibold">
				{state === "failed" ? (
					<CircleAlert aria-hidden="true" className="size-4 shrink-0" />
				) : (
					<Clock3 aria-hidden="true" className="size-4 shrink-0" />
				)}
				{state === "failed"
					? t`The provider refused this change.`
					: t`Not yet with the provider. Kalends goes on trying.`}
			</p>
			{error === undefined ? null : (
				<p>
					{error.detail} {error.fix}
				</p>
			)}
		</Notice>
	);
}

/** What a guest has answered. */
function Answer({ response }: { readonly response: CalendarEvent["participants"][number]["response"] }) {
	const { t } = useLingui();
	const texts = {
		accepted: t`coming`,
		declined: t`not coming`,
		tentative: t`perhaps`,
		needs_action: t`no answer yet`,
	};
	return <span className="text-muted">– {texts[response]}</span>;
}
