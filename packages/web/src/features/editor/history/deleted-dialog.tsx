import type { CalendarEvent, DeletedEvent } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { kalends } from "../../../api/kalends.ts";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { relativeTime } from "../../../ui/relative-time.ts";
import { Empty, ErrorState, Loading, Skeleton } from "../../../ui/states.tsx";
import { useNow } from "../../../ui/use-now.ts";
import { daysText } from "../../calendar/details/when.ts";
import { type Reading, timesText } from "../../calendar/time/format.ts";
import { instantOf } from "../../calendar/time/instants.ts";
import { isDay, type Span } from "../../calendar/wire.ts";
import type { EventWrites } from "../write/use-event-writes.ts";

const MOST_SHOWN = 100;
const deletedQuery = {
	queryKey: ["events", "deleted"],
	queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
		kalends.events.deleted({ limit: MOST_SHOWN }, { signal }).all(MOST_SHOWN),
};

export interface DeletedDialogProps {
	readonly reading: Reading;
	readonly writes: EventWrites;
	/** Called with a single event that is back. */
	readonly onRestored: (event: Pick<CalendarEvent, "start" | "end" | "calendar_id">) => void;
	readonly onClose: () => void;
}

/** What was deleted in the last 30 days, each with the way to bring it back. */
export function DeletedDialog({ reading, writes, onRestored, onClose }: DeletedDialogProps) {
	const { t } = useLingui();
	const deleted = useQuery(deletedQuery);
	const restore = ({ id, version, calendar_id, event }: DeletedEvent) => {
		onClose();
		void writes.restore(id, version).then((done) => {
			if (done && event.recurrence === null) onRestored({ ...(event as Span & typeof event), calendar_id });
		});
	};
	return (
		<Dialog isOpen onClose={onClose} title={t`Recently deleted`}>
			{deleted.isLoadingError ? (
				<ErrorState
					title={t`What was deleted could not be read.`}
					error={deleted.error}
					onRetry={() => void deleted.refetch()}
				/>
			) : deleted.data === undefined ? (
				<Loading>
					<Skeleton className="h-16" />
					<Skeleton className="h-16" />
				</Loading>
			) : deleted.data.length === 0 ? (
				<Empty title={t`Nothing was deleted within the last 30 days`} />
			) : (
				<>
					<p className="text-sm text-muted">
						<Trans>
							Of the last 30 days. Single events of a series that goes on are in its history: open another of its
							events.
						</Trans>
					</p>
					<ol aria-label={t`Recently deleted`} className="grid gap-2">
						{deleted.data.map((one) => (
							<Row key={one.id} deleted={one} reading={reading} onRestore={() => restore(one)} />
						))}
					</ol>
				</>
			)}
		</Dialog>
	);
}

function Row({
	deleted: { at, actor, event },
	reading,
	onRestore,
}: {
	readonly deleted: DeletedEvent;
	readonly reading: Reading;
	readonly onRestore: () => void;
}) {
	const { t } = useLingui();
	const now = useNow();
	const title = event.title === "" ? t`(No title)` : event.title;
	const span = event as Span;
	const times =
		isDay(span.start) || isDay(span.end)
			? null
			: timesText(instantOf(span.start, reading.zone), instantOf(span.end, reading.zone), reading);
	const days = daysText(span, reading);
	const when = times === null ? days : `${days}, ${times}`;
	const by = actor.type === "provider" ? t`at the provider` : (actor.name ?? t`in Kalends`);
	const since = relativeTime(at, now, reading.locale);
	return (
		<li className="card flex flex-wrap items-center justify-between gap-2 p-3 text-sm">
			<div className="min-w-0 flex-1 basis-48">
				<p dir="auto" className="font-semibold wrap-anywhere">
					{title}
				</p>
				<p>{event.recurrence === null ? when : t`A series from ${when}`}</p>
				<p className="text-muted">
					<Trans>
						Deleted <time dateTime={at}>{since}</time>
					</Trans>{" "}
					· <bdi>{by}</bdi>
				</p>
			</div>
			<Button onClick={onRestore} aria-label={t`Restore “${title}”`}>
				<RotateCcw aria-hidden="true" className="size-4" />
				{t`Restore`}
			</Button>
		</li>
	);
}
