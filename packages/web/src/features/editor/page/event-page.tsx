import type { Calendar, CalendarEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { History, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { calendarsQuery } from "../../../api/queries.ts";
import { Page } from "../../../app/page.tsx";
import { Button } from "../../../ui/button.tsx";
import { ErrorState, Loading, Notice, Skeleton } from "../../../ui/states.tsx";
import { canEdit } from "../../calendar/grid/to-grid.ts";
import { eventQuery } from "../../calendar/queries.ts";
import { type PersonalReading, useReading } from "../../calendar/use-reading.ts";
import { dropDraft } from "../draft.ts";
import { defaultCalendar } from "../fields/calendar-field.tsx";
import { newEventOf, newValues, patchOf, valuesOf } from "../form/values.ts";
import { HistoryDialog } from "../history/history-dialog.tsx";
import { FailedWrites } from "../write/failed-writes.tsx";
import { useEventWrites } from "../write/use-event-writes.ts";
import { WriteDialogs } from "../write/write-dialogs.tsx";
import { EventFields } from "./event-fields.tsx";
import { type EventForm, useEventForm } from "./use-event-form.ts";

const HOUR = 3_600_000;

/** `/calendar/new` */
export function NewEventPage() {
	const { t } = useLingui();
	const calendars = useQuery(calendarsQuery);
	const reading = useReading();
	return (
		<Page title={t`New event`}>
			{calendars.isError ? (
				<ErrorState
					title={t`Your calendars could not be read.`}
					error={calendars.error}
					onRetry={() => void calendars.refetch()}
				/>
			) : calendars.data === undefined ? (
				<FormSkeleton />
			) : (
				<NewEvent calendars={calendars.data} reading={reading} />
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
	const { t } = useLingui();
	const leave = useLeave();
	const writes = useEventWrites(reading.zone);
	const [initial] = useState(() => {
		const start = Math.ceil(Date.now() / HOUR) * HOUR;
		return newValues({
			calendarId: defaultCalendar(calendars),
			allDay: false,
			start,
			end: start + HOUR,
			zone: reading.zone,
		});
	});
	const form = useEventForm("new", initial);
	const save = async () => {
		if ((await writes.create(newEventOf(form.values))) === null) return;
		dropDraft("new");
		leave();
	};
	const cancel = () => {
		dropDraft("new");
		leave();
	};
	return (
		<FormFrame form={form} save={save} cancel={cancel} saveText={t`Save`}>
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
	// What is being edited stays as it was opened; what changed meanwhile is told when it is saved.
	const event = useQuery({
		...eventQuery(eventId ?? ""),
		staleTime: Number.POSITIVE_INFINITY,
		refetchOnMount: "always",
	});
	const [opened, setOpened] = useState<CalendarEvent | null>(null);
	if (opened === null && event.data !== undefined && !event.isFetching) setOpened(event.data);
	const calendar = calendars.data?.find(({ id }) => id === opened?.calendar_id) ?? null;
	return (
		<Page title={t`Edit event`}>
			{event.isError && opened === null ? (
				<ErrorState title={t`The event could not be read.`} error={event.error} onRetry={() => void event.refetch()} />
			) : opened === null || calendars.data === undefined ? (
				<FormSkeleton />
			) : canEdit(opened, calendar) ? (
				<EditEvent event={opened} calendars={calendars.data} reading={reading} />
			) : (
				<Notice tone="warn">
					<Trans>This event can only be read: the account may not change events of “{calendar?.name ?? "?"}”.</Trans>
				</Notice>
			)}
		</Page>
	);
}

interface EditProps {
	readonly event: CalendarEvent;
	readonly calendars: readonly Calendar[];
	readonly reading: PersonalReading;
}

function EditEvent({ event, calendars, reading }: EditProps) {
	const { t } = useLingui();
	const leave = useLeave();
	const writes = useEventWrites(reading.zone);
	const series = useQuery({
		...eventQuery(event.recurring_event_id ?? event.id),
		enabled: event.recurring_event_id !== null,
	});
	const recurrence = event.recurring_event_id === null ? event.recurrence : (series.data?.recurrence ?? null);
	if (event.recurring_event_id !== null && series.data === undefined && !series.isError) return <FormSkeleton />;
	return <EditForm event={{ ...event, recurrence }} {...{ calendars, reading, leave, writes, t }} />;
}

interface EditFormProps extends EditProps {
	readonly leave: () => void;
	readonly writes: ReturnType<typeof useEventWrites>;
}

function EditForm({ event, calendars, reading, leave, writes }: EditFormProps) {
	const { t } = useLingui();
	const [history, setHistory] = useState(false);
	const [initial] = useState(() => valuesOf(event, reading.zone));
	const form = useEventForm(event.id, initial);
	const done = () => {
		dropDraft(event.id);
		leave();
	};
	const save = async () => {
		if (await writes.update(event, patchOf(initial, form.values, event))) done();
	};
	const remove = async () => {
		if (await writes.remove(event)) done();
	};
	return (
		<FormFrame
			form={form}
			save={save}
			cancel={done}
			saveText={t`Save`}
			more={
				<>
					<Button className="text-danger" onClick={() => void remove()}>
						<Trash2 aria-hidden="true" className="size-4" />
						{t`Delete`}
					</Button>
					<Button kind="quiet" onClick={() => setHistory(true)}>
						<History aria-hidden="true" className="size-4" />
						{t`History`}
					</Button>
				</>
			}
		>
			<EventFields form={form} calendars={calendars} event={event} reading={reading} />
			{history ? (
				<HistoryDialog event={event} reading={reading} writes={writes} canRestore onClose={() => setHistory(false)} />
			) : null}
		</FormFrame>
	);
}

interface FrameProps {
	readonly form: EventForm;
	readonly save: () => Promise<void>;
	readonly cancel: () => void;
	readonly saveText: string;
	readonly more?: React.ReactNode;
	readonly children: React.ReactNode;
}

function FormFrame({ form, save, cancel, saveText, more, children }: FrameProps) {
	const { t } = useLingui();
	const [busy, setBusy] = useState(false);
	const onSubmit = async (submitted: FormEvent) => {
		submitted.preventDefault();
		if (!form.check()) return;
		setBusy(true);
		try {
			await save();
		} catch (error) {
			if (!form.onRefused(error)) throw error;
		} finally {
			setBusy(false);
		}
	};
	const unplaced = Object.entries(form.serverFaults).filter(([field]) => !PLACED.has(field));
	return (
		<form onSubmit={(event) => void onSubmit(event)} noValidate className="mx-auto grid w-full max-w-2xl gap-6">
			<FailedWrites />
			{form.restored ? (
				<Notice tone="info" actions={<Button onClick={() => form.set(form.initial)}>{t`Start anew`}</Button>}>
					<Trans>What you typed before is here again.</Trans>
				</Notice>
			) : null}
			{unplaced.map(([field, detail]) => (
				<Notice key={field} tone="danger">
					{detail}
				</Notice>
			))}
			{children}
			<div className="sticky bottom-0 -mx-4 flex flex-wrap items-center gap-2 border-t border-line bg-page px-4 py-3 max-sm:bottom-14">
				<Button kind="primary" type="submit" busy={busy}>
					{saveText}
				</Button>
				<Button onClick={cancel}>{t`Cancel`}</Button>
				<span className="ms-auto flex gap-2">{more}</span>
			</div>
			<WriteDialogs />
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

/** Back to where one came from, else to the calendar. */
function useLeave(): () => void {
	const router = useRouter();
	const navigate = useNavigate();
	return () => {
		if (router.history.canGoBack()) router.history.back();
		else void navigate({ to: "/calendar" });
	};
}
