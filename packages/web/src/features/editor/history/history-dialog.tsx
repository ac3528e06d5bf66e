import type { CalendarEvent, EventVersion } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../../../ui/states.tsx";
import { historyQuery } from "../../calendar/queries.ts";
import { dayText, type Reading, timeText } from "../../calendar/time/format.ts";
import { dayOf } from "../../calendar/time/instants.ts";
import { NOTHING, useFieldText } from "../write/field-text.ts";
import type { EventWrites } from "../write/use-event-writes.ts";

export interface HistoryDialogProps {
	readonly event: Pick<CalendarEvent, "id" | "recurring_event_id"> & { readonly etag?: string };
	readonly reading: Reading;
	readonly writes: EventWrites;
	readonly canRestore: boolean;
	/** Whether the event is no longer there: its newest version, too, is then one to go back to. */
	readonly isGone?: boolean;
	/** Where what is shown behind it is then out of date. */
	readonly onRestored?: () => void;
	readonly onClose: () => void;
}

/** Who changed what and when, and the way back to each version. */
export function HistoryDialog(props: HistoryDialogProps) {
	const { event, reading, writes, canRestore, isGone = false, onRestored, onClose } = props;
	const { t } = useLingui();
	const history = useQuery(historyQuery(event.id));
	return (
		<Dialog isOpen wide onClose={onClose} title={isGone ? t`This event is no longer there` : t`History`}>
			{isGone && history.isSuccess ? (
				<p>
					<Trans>Its history is still here: restore a version to bring it back.</Trans>
				</p>
			) : null}
			{event.recurring_event_id === null ? null : (
				<p className="text-sm text-muted">
					<Trans>An event of a series has the history of its series; all of it is restored.</Trans>
				</p>
			)}
			{history.isLoadingError ? (
				<ErrorState
					title={t`The history could not be read.`}
					error={history.error}
					onRetry={() => void history.refetch()}
				/>
			) : history.data === undefined ? (
				<Loading>
					<Skeleton className="h-16" />
					<Skeleton className="h-16" />
				</Loading>
			) : history.data.length === 0 ? (
				<Empty title={t`Not changed within the last 30 days`} />
			) : (
				<ol className="grid gap-2">
					{history.data.map((version, index) => (
						<Version
							key={version.version}
							version={version}
							before={history.data[index + 1] ?? null}
							reading={reading}
							onRestore={
								!canRestore || (index === 0 && !isGone && version.action !== "conflict")
									? null
									: () => {
											onClose();
											void writes.restore(event.id, version.version, event.etag).then((done) => {
												if (done) onRestored?.();
											});
										}
							}
						/>
					))}
				</ol>
			)}
		</Dialog>
	);
}

interface VersionProps {
	readonly version: EventVersion;
	readonly before: EventVersion | null;
	readonly reading: Reading;
	readonly onRestore: (() => void) | null;
}

function Version({ version, before, reading, onRestore }: VersionProps) {
	const { t } = useLingui();
	const { nameOf, textOf } = useFieldText(reading);
	const actions: Readonly<Record<EventVersion["action"], string>> = {
		seen: t`As it was before`,
		created: t`Created`,
		updated: t`Changed`,
		deleted: t`Deleted`,
		restored: t`Restored`,
		conflict: t`Lost a conflict`,
	};
	const was = (field: string) => (before === null ? NOTHING : textOf(field, fieldOf(before, field)));
	const instant = Date.parse(version.at);
	const day = dayText(dayOf(instant, reading.zone), reading.locale, {
		day: "numeric",
		month: "short",
		year: "numeric",
	});
	const by = version.actor.type === "provider" ? t`at the provider` : (version.actor.name ?? t`in Kalends`);
	const when = `${day}, ${timeText(instant, reading)}`;
	return (
		<li className="card grid gap-2 p-3 text-sm">
			<div className="flex flex-wrap items-center justify-between gap-2">
				<p>
					<strong className={version.action === "conflict" ? "text-warn" : ""}>{actions[version.action]}</strong>{" "}
					<span className="text-muted">
						<time dateTime={version.at}>{when}</time> · <span dir="auto">{by}</span>
					</span>
				</p>
				{onRestore === null ? null : (
					<Button onClick={onRestore} aria-label={t`Restore the version of ${when}`}>
						<RotateCcw aria-hidden="true" className="size-4" />
						{t`Restore`}
					</Button>
				)}
			</div>
			{version.fields.length === 0 ? null : (
				<dl className="grid gap-x-3 gap-y-1 sm:grid-cols-[8rem_1fr]">
					{version.fields.map((field) => (
						<div key={field} className="contents">
							<dt className="text-muted">{nameOf(field)}</dt>
							<dd dir="auto" className="whitespace-pre-line">
								{was(field) === NOTHING ? null : (
									<>
										<del className="text-muted">{was(field)}</del>{" "}
									</>
								)}
								{textOf(field, fieldOf(version, field))}
							</dd>
						</div>
					))}
				</dl>
			)}
		</li>
	);
}

function fieldOf(version: EventVersion, field: string): unknown {
	return Reflect.get(version.event, field);
}
