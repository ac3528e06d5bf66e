import type { Calendar, CalendarEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { History, Trash2 } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { kalends } from "../../../api/kalends.ts";
import { calendarsQuery, meQuery } from "../../../api/queries.ts";
import { Page } from "../../../app/page.tsx";
import { Button } from "../../../ui/button.tsx";
import { ErrorState, Loading, Notice, Skeleton } from "../../../ui/states.tsx";
import { useStore } from "../../../ui/store.ts";
import { canEdit } from "../../calendar/grid/to-grid.ts";
import { eventQuery } from "../../calendar/queries.ts";
import { type PersonalReading, useReading } from "../../calendar/use-reading.ts";
import { idNow } from "../../calendar/write/renamed.ts";
import { dropDraft, dropSentAside, handovers, keepDraft, NEW, noteMade, takeMade } from "../draft.ts";
import { defaultCalendar } from "../fields/calendar-field.tsx";
import { type EventValues, newEventOf, newValues, patchOf, valuesOf } from "../form/values.ts";
import { HistoryDialog } from "../history/history-dialog.tsx";
import { isLeft, isRepeatable, newSent, type Sent } from "../sent.ts";
import { ConflictDialog } from "../write/conflict-dialog.tsx";
import { isDenied, isRefused, isSignedOut } from "../write/errors.ts";
import { FailedWrites } from "../write/failed-writes.tsx";
import { followFocus } from "../write/follow-focus.ts";
import type { Change } from "../write/requests.ts";
import { ScopeDialog } from "../write/scope-dialog.tsx";
import { useEventWrites } from "../write/use-event-writes.ts";
import { DraftsAside } from "./drafts-aside.tsx";
import { EventFields } from "./event-fields.tsx";
import { ReadOnly } from "./read-only.tsx";
import { SyncNotice } from "./sync-notice.tsx";
import { type EventForm, Sending, useEventForm } from "./use-event-form.ts";
import { useLeave } from "./use-leave.ts";

const HOUR = 3_600_000;

/** `/calendar/new` */
export function NewEventPage() {
	const { t } = useLingui();
	const calendars = useQuery(calendarsQuery);
	// The form keeps the zone that it began with: it waits for the person's, unless that cannot be read.
	const me = useQuery(meQuery);
	const reading = useReading();
	const handover = useStore(handovers);
	return (
		<Page title={t`New event`}>
			{calendars.isLoadingError ? (
				<ErrorState
					title={t`Your calendars could not be read.`}
					error={calendars.error}
					onRetry={() => void calendars.refetch()}
				/>
			) : calendars.data === undefined || !me.isFetched ? (
				<FormSkeleton />
			) : (
				<NewEvent key={handover} calendars={calendars.data} reading={reading} />
			)}
		</Page>
	);
}

function NewEvent({
	calendars,
	reading,
}: {
	readonly calendars: readonly Calendar[];
	readonly reading: PersonalReading;
}) {
	const { leave, isHere } = useLeave();
	const navigate = useNavigate();
	const writes = useEventWrites(reading.zone);
	const form = useEventForm({
		draftId: NEW,
		event: null,
		valuesOf() {
			const start = Math.ceil(Date.now() / HOUR) * HOUR;
			const calendarId = defaultCalendar(calendars);
			return newValues({ calendarId, allDay: false, start, end: start + HOUR, zone: reading.zone });
		},
	});
	const [made, setMade] = useState<{ readonly event: CalendarEvent; readonly of: EventValues } | null>(null);
	const madeId = made?.event.id ?? null;
	useEffect(() => {
		if (madeId !== null) return noteMade(madeId);
		const eventId = takeMade();
		if (eventId !== null) void navigate({ to: "/calendar/event/$eventId", params: { eventId }, replace: true });
		return undefined;
	}, [madeId, navigate]);
	const cancelled = useRef(false);
	const save = async () => {
		const { values } = form;
		if (made !== null) {
			const patch = patchOf(made.of, values, made.event);
			if (!(await writes.save({ kind: "update", event: made.event, patch }))) return;
			setMade({ ...made, of: values });
			if (form.isNewerThan(values)) return;
			dropDraft(made.event.id);
			leave(made.event);
			return;
		}
		const before = form.sent();
		// Whether a lost answer was a yes is not known: the same is sent under the same key.
		const isSame = before !== null && JSON.stringify(before.body) === JSON.stringify(newEventOf(values));
		await create(isSame && isRepeatable(before, Date.now()) ? before : newSent(values, Date.now()));
	};
	const create = async (sent: Sent) => {
		form.noteSent(sent);
		try {
			const event = await writes.create(sent.body, sent.key);
			dropSentAside(sent);
			if (!cancelled.current && form.isNewerThan(sent.values)) {
				// What was typed meanwhile is a change of what there is now.
				form.handOverTo(event.id);
				setMade({ event, of: sent.values });
				return;
			}
			form.forget();
			leave(event);
		} catch (error) {
			if (isDenied(error)) form.noteSent(null);
			if (!isRefused(error) || error.eventId === null) throw error;
			// It is kept with what was typed, and says itself why it was refused.
			dropSentAside(sent);
			form.forget();
			if (isHere()) {
				void navigate({ to: "/calendar/event/$eventId", params: { eventId: error.eventId }, replace: true });
			}
		}
	};
	const left = form.sent();
	const resume = left !== null && isLeft(left) && isRepeatable(left, Date.now()) ? () => create(left) : null;
	const cancel = () => {
		cancelled.current = true;
		form.forget();
		if (made !== null) dropDraft(made.event.id);
		leave();
	};
	return (
		<FormFrame form={form} save={save} cancel={cancel} resume={resume} before={<DraftsAside like={form.initial} />}>
			<EventFields form={form} calendars={calendars} event={null} reading={reading} />
		</FormFrame>
	);
}

/** `/calendar/event/$eventId` */
export function EditEventPage() {
	const { t } = useLingui();
	const { eventId } = useParams({ strict: false });
	const calendars = useQuery(calendarsQuery);
	const reading = useReading();
	const [opened, setOpened] = useState<CalendarEvent | null>(null);
	// What is being edited stays as it was opened; what changed meanwhile is told when it is saved. Then it may have another id.
	const event = useQuery({ ...eventQuery(eventId ?? ""), enabled: opened === null, refetchOnMount: "always" });
	if (opened === null && event.data !== undefined && !event.isFetching) setOpened(event.data);
	const reopen = async () => {
		const { data } = await event.refetch();
		if (data !== undefined) setOpened(data);
	};
	const calendar = calendars.data?.find(({ id }) => id === opened?.calendar_id) ?? null;
	return (
		<Page title={t`Edit event`}>
			{event.isError && opened === null ? (
				<ErrorState title={t`The event could not be read.`} error={event.error} onRetry={() => void event.refetch()} />
			) : opened === null || calendars.data === undefined ? (
				<FormSkeleton />
			) : canEdit(opened, calendar) ? (
				<EditEvent
					key={opened.etag}
					event={opened}
					calendars={calendars.data}
					reading={reading}
					reopen={() => void reopen()}
				/>
			) : (
				<ReadOnly event={opened} calendar={calendar} />
			)}
		</Page>
	);
}

interface EditProps {
	readonly event: CalendarEvent;
	readonly calendars: readonly Calendar[];
	readonly reading: PersonalReading;
	/** With the event as it is now. */
	readonly reopen: () => void;
}

function EditEvent(props: EditProps) {
	const { event } = props;
	const { recurring_event_id: seriesId } = event;
	const [read, setRead] = useState(seriesId === null);
	const series = useQuery({ ...eventQuery(seriesId ?? event.id), enabled: !read });
	if (!read && !series.isFetching && (series.data !== undefined || series.isError)) setRead(true);
	const recurrence = seriesId === null ? event.recurrence : (series.data?.recurrence ?? null);
	if (seriesId !== null && series.data === undefined && !series.isError) return <FormSkeleton />;
	return <EditForm {...props} event={{ ...event, recurrence }} />;
}

function EditForm({ event, calendars, reading, reopen }: EditProps) {
	const { t } = useLingui();
	const { leave, isHere } = useLeave();
	const navigate = useNavigate();
	const writes = useEventWrites(reading.zone);
	const [history, setHistory] = useState(false);
	const form = useEventForm({
		draftId: event.id,
		event,
		valuesOf: (opened) => valuesOf(opened ?? event, reading.zone),
	});
	const base = form.base ?? event;
	/** What the event has of this form by now. */
	const [saved, setSaved] = useState<EventValues | null>(null);
	const cancelled = useRef(false);
	const done = () => {
		form.forget();
		leave();
	};
	const cancel = () => {
		cancelled.current = true;
		done();
		followFocus(event.id);
	};
	const goOn = (sent: EventValues) => {
		setSaved(sent);
		const now = idNow(event.id);
		if (now === null || now === event.id) return;
		keepDraft(now, { values: form.latest(), base: null, handedOver: true });
		form.forget();
		if (isHere()) void navigate({ to: "/calendar/event/$eventId", params: { eventId: now }, replace: true });
	};
	const attempt = async (change: Change) => {
		const { values } = form;
		try {
			if (!(await writes.save(change))) return;
			if (change.kind === "update" && !cancelled.current && form.isNewerThan(values)) goOn(values);
			else done();
		} catch (error) {
			if (!isRefused(error)) throw error;
			const now = await kalends.events.get(event.id).catch(() => null);
			// The event keeps what was sent, unless a new part of a series was refused: then that is as it was.
			if (now?.sync.state !== "failed") throw error;
			form.forget();
			reopen();
		}
	};
	const settle = async (action: "retry" | "discard") => {
		form.forget();
		if (await writes.settle(event, action)) leave();
		else reopen();
	};
	return (
		<FormFrame
			form={form}
			save={() => attempt({ kind: "update", event: base, patch: patchOf(saved ?? form.initial, form.values, base) })}
			cancel={cancel}
			before={<SyncNotice event={event} settle={settle} />}
			more={(run, busy) => (
				<>
					<Button
						className="text-danger"
						aria-disabled={busy || undefined}
						onClick={() => run(() => attempt({ kind: "delete", event: base }))}
					>
						<Trash2 aria-hidden="true" className="size-4" />
						{t`Delete`}
					</Button>
					<Button kind="quiet" onClick={() => setHistory(true)}>
						<History aria-hidden="true" className="size-4" />
						{t`History`}
					</Button>
				</>
			)}
		>
			<EventFields form={form} calendars={calendars} event={event} reading={reading} />
			{history ? (
				<HistoryDialog
					event={event}
					reading={reading}
					writes={writes}
					canRestore
					onRestored={done}
					onClose={() => setHistory(false)}
				/>
			) : null}
		</FormFrame>
	);
}

interface FrameProps {
	readonly form: EventForm;
	readonly save: () => Promise<void>;
	readonly cancel: () => void;
	/** What was under way when the page was left: that goes on first. */
	readonly resume?: (() => Promise<void>) | null;
	readonly before?: ReactNode;
	/** @param run does the work, and says in the form what it fails for */
	readonly more?: (run: (work: () => Promise<void>) => void, busy: boolean) => ReactNode;
	readonly children: ReactNode;
}

function FormFrame({ form, save, cancel, resume = null, before, more, children }: FrameProps) {
	const { t } = useLingui();
	const [busy, setBusy] = useState(false);
	const element = useRef<HTMLFormElement>(null);
	const [tries, setTries] = useState(0);
	// biome-ignore lint/correctness/useExhaustiveDependencies: each try shows its faults, and goes to the first of them.
	useEffect(() => {
		element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
	}, [tries]);
	const working = useRef(false);
	const run = async (work: () => Promise<void>) => {
		if (working.current) return;
		working.current = true;
		setBusy(true);
		try {
			await work();
		} catch (error) {
			form.onFailed(error);
			setTries((before) => before + 1);
		} finally {
			working.current = false;
			setBusy(false);
		}
	};
	// biome-ignore lint/correctness/useExhaustiveDependencies: once, with what the page was left with.
	useEffect(() => {
		if (resume !== null) void run(resume);
	}, []);
	const onSubmit = (submitted: FormEvent) => {
		submitted.preventDefault();
		if (busy) return;
		if (form.check()) void run(save);
		else setTries((before) => before + 1);
	};
	const unplaced = Object.entries(form.serverFaults).filter(([field]) => !PLACED.has(field));
	const failure = form.failure === null || isSignedOut(form.failure) ? null : form.failure;
	return (
		<form ref={element} onSubmit={onSubmit} noValidate className="@container grid w-full max-w-2xl grid-cols-1 gap-6">
			<FailedWrites />
			{before}
			{form.restored ? (
				<Notice
					tone="info"
					actions={
						<Button aria-disabled={busy || undefined} onClick={() => busy || form.startAnew()}>{t`Start anew`}</Button>
					}
				>
					<Trans>What you typed before is here again.</Trans>
				</Notice>
			) : null}
			<Sending value={busy}>{children}</Sending>
			<div className="save-bar sticky bottom-0 -mx-4 grid gap-3 border-t border-line bg-page px-4 py-3 max-sm:bottom-14 [@media(max-height:30rem)]:static">
				{unplaced.map(([field, detail]) => (
					<Notice key={field} tone="danger">
						{detail}
					</Notice>
				))}
				{failure === null ? null : (
					<ErrorState title={t`It was not saved. What you typed is still here.`} error={failure} />
				)}
				<div className="flex flex-wrap items-center gap-2">
					<Button kind="primary" type="submit" busy={busy}>
						{t`Save`}
					</Button>
					<Button onClick={cancel}>{t`Cancel`}</Button>
					<span className="ms-auto flex flex-wrap justify-end gap-2">{more?.((work) => void run(work), busy)}</span>
				</div>
			</div>
			<ScopeDialog />
			<ConflictDialog />
		</form>
	);
}

/** Fields that show their own faults. */
const PLACED = new Set([
	"title",
	"start",
	"end",
	"recurrence",
	"location",
	"participants",
	"description",
	"conference",
]);

function FormSkeleton() {
	return (
		<Loading>
			<Skeleton className="h-10" />
			<Skeleton className="h-48" />
			<Skeleton className="h-32" />
		</Loading>
	);
}
