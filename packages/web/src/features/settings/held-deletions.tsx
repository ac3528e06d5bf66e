import type { Calendar } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { refreshAll } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { ErrorState, Notice } from "../../ui/states.tsx";
import { usePassFocusOn } from "../../ui/use-pass-focus-on.ts";
import { Failed } from "../session/failed.tsx";
import { EventDay } from "./event-day.tsx";

const SHOWN = 50;

function heldQuery(calendarId: string) {
	return queryOptions({
		queryKey: ["calendars", calendarId, "deletions"],
		queryFn: ({ signal }) => kalends.calendars.heldDeletions(calendarId, { limit: SHOWN }, { signal }).all(SHOWN),
	});
}

type Held = Awaited<ReturnType<typeof kalends.calendars.heldDeletions>>["data"][number];

function dayOf(start: Held["start"]): string {
	return ("date" in start ? start.date : start.date_time)?.slice(0, 10) ?? "";
}

function byStart(one: Held, other: Held): number {
	return dayOf(one.start).localeCompare(dayOf(other.start));
}

/** So much vanished at once that Kalends asks first: the list, and Apply or Keep. */
export function HeldDeletions({ calendar }: { readonly calendar: Calendar }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const [asking, setAsking] = useState(false);
	const [place, decided] = usePassFocusOn<HTMLDivElement>();
	const { id, name, held_deletions, status } = calendar;
	const isGone = status === "gone";
	const held = useQuery({ ...heldQuery(id), enabled: !isGone });
	const decide = useMutation({
		mutationFn: (action: "apply" | "keep") =>
			action === "apply" ? kalends.calendars.applyDeletions(id) : kalends.calendars.keepDeletions(id),
		onSuccess: async (_calendar, action) => {
			decided();
			setAsking(false);
			announce(action === "apply" ? t`The deletions were applied` : t`The events are kept`);
			await refreshAll(client);
		},
	});
	const more = held_deletions - (held.data?.length ?? 0);
	return (
		<Notice
			ref={place}
			tone="warn"
			actions={
				<>
					<Button busy={decide.isPending && decide.variables === "keep"} onClick={() => decide.mutate("keep")}>
						<Trans>Keep</Trans>
					</Button>
					<Button kind="danger" onClick={() => setAsking(true)}>
						<Trans>Apply</Trans>
					</Button>
				</>
			}
		>
			<p className="font-semibold">
				{isGone ? (
					<Trans>This calendar is no longer at the provider.</Trans>
				) : (
					<Plural
						value={held_deletions}
						one="One event vanished at the provider. Delete it here too?"
						other="# events vanished at the provider at once. Delete them here too?"
					/>
				)}
			</p>
			<Failed error={decide.error} />
			{held.isError ? <ErrorState title={t`The list could not be loaded.`} error={held.error} /> : null}
			{held.data === undefined || held.data.length === 0 ? null : (
				<details className="mt-1">
					<summary className="inline-flex min-h-6 items-center underline">
						<Trans>Which events</Trans>
					</summary>
					{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
					<ul tabIndex={0} aria-label={t`Events that vanished`} className="mt-1 grid max-h-60 gap-0.5 overflow-y-auto">
						{held.data.toSorted(byStart).map(({ event_id, title, start }) => (
							<li key={event_id} className="flex gap-3">
								<EventDay {...{ start, title }} />
							</li>
						))}
						{more > 0 ? (
							<li>
								<Plural value={more} one="and one more" other="and # more" />
							</li>
						) : null}
					</ul>
				</details>
			)}
			<ConfirmDialog
				title={isGone ? t`Remove ${name} and its events?` : t`Delete these events here?`}
				isOpen={asking}
				onClose={() => setAsking(false)}
				confirm={isGone ? t`Remove the calendar` : t`Delete them`}
				busy={decide.isPending}
				onConfirm={() => decide.mutate("apply")}
			>
				<p>
					<Trans>They are gone at the provider; this removes the copies that Kalends kept.</Trans>
				</p>
			</ConfirmDialog>
		</Notice>
	);
}
