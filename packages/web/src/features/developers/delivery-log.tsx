import type { Webhook, WebhookDelivery } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock, RotateCcw } from "lucide-react";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FilteredList, StateFilter, useListFilter } from "../../ui/filtered-list.tsx";
import { announce } from "../../ui/live-region.tsx";
import { useNow } from "../../ui/use-now.ts";
import { Failed } from "../session/failed.tsx";
import { DeliveryRow } from "./delivery-row.tsx";
import { deliveriesQuery } from "./queries.ts";
import { type ReplayedRange, ReplayRange } from "./replay-range.tsx";

type State = WebhookDelivery["state"];
/** The log is kept for so long; replaying reaches as far back. */
const KEPT_MS = 30 * 86_400_000;

type Replayed = "failed" | { readonly delivery_id: string } | ReplayedRange;

/** What was sent to an endpoint, what it answered, and what waits. */
export function DeliveryLog({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const now = useNow();
	const filter = useListFilter<State>();
	const [choosing, setChoosing] = useState(false);
	const log = useQuery(deliveriesQuery(webhook.id, filter.state, filter.shown));
	const replay = useMutation({
		mutationFn: (which: Replayed) =>
			kalends.webhooks.replay(
				webhook.id,
				which === "failed" ? { from: new Date(Date.now() - KEPT_MS).toISOString(), state: "failed" } : which,
			),
		onSuccess: ({ replayed }) => announce(replayed === 1 ? t`One is sent again` : t`${replayed} are sent again`),
		onSettled: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
	});
	const isReplayed = (id: string) => {
		const { isPending, variables } = replay;
		return isPending && variables !== "failed" && "delivery_id" in variables && variables.delivery_id === id;
	};
	const names: Readonly<Record<State, string>> = {
		pending: t`Waiting`,
		delivered: t`Delivered`,
		failed: t`Given up`,
	};
	const someFailed = log.data?.some((delivery) => delivery.state === "failed") ?? false;
	return (
		<Dialog title={t`Log of the webhook`} isOpen onClose={onClose} wide>
			<p className="text-sm break-all text-muted">{webhook.url}</p>
			<div className="flex flex-wrap items-end justify-between gap-3">
				<StateFilter {...{ filter, names }} />
				<div className="flex flex-wrap gap-2">
					{someFailed ? (
						<Button busy={replay.isPending && replay.variables === "failed"} onClick={() => replay.mutate("failed")}>
							<RotateCcw aria-hidden="true" className="size-4" />
							{t`Send all that failed again`}
						</Button>
					) : null}
					<Button aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
						<CalendarClock aria-hidden="true" className="size-4" />
						{t`Send a period again`}
					</Button>
				</div>
			</div>
			{choosing ? (
				<ReplayRange
					busy={replay.isPending && replay.variables !== "failed" && "from" in replay.variables}
					onReplay={replay.mutate}
				/>
			) : null}
			<Failed error={replay.error} />
			{replay.data === undefined ? null : (
				<p role="status" className="text-sm text-muted">
					{replay.data.replayed === 1
						? t`One is sent again, as a new entry.`
						: t`${replay.data.replayed} are sent again, as new entries.`}
				</p>
			)}
			<FilteredList
				label={t`Deliveries`}
				query={log}
				filter={filter}
				skeleton="h-32"
				failed={t`The log could not be loaded.`}
				empty={
					<p className="py-6 text-center text-muted">
						{filter.state === null ? (
							<Trans>Nothing was sent yet. A test message shows how it works.</Trans>
						) : (
							<Trans>None is like that.</Trans>
						)}
					</p>
				}
			>
				{(delivery) => (
					<DeliveryRow
						key={delivery.id}
						delivery={delivery}
						url={webhook.url}
						stateName={names[delivery.state]}
						now={now}
						busy={isReplayed(delivery.id)}
						onReplay={() => replay.mutate({ delivery_id: delivery.id })}
					/>
				)}
			</FilteredList>
		</Dialog>
	);
}
