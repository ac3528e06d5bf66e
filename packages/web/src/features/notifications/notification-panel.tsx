import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { STEP } from "../../api/shown.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { announce } from "../../ui/live-region.tsx";
import { MoreList } from "../../ui/more-list.tsx";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { usePassFocusOn } from "../../ui/use-pass-focus-on.ts";
import { useReading } from "../calendar/use-reading.ts";
import { Failed } from "../session/failed.tsx";
import { NotificationRow } from "./notification-row.tsx";
import { notificationsQuery } from "./queries.ts";

/** What the bell opens. */
export function NotificationPanel({ onLeave }: { readonly onLeave: () => void }) {
	return (
		<div className="grid gap-1">
			<h2 className="text-base font-semibold">
				<Trans>Notifications</Trans>
			</h2>
			<NotificationList state="active" onLeave={onLeave} />
			<Link to="/notifications" onClick={onLeave} className={buttonClass("secondary", "mt-2")}>
				<Trans>Reminders, mail and snoozed ones</Trans>
			</Link>
		</div>
	);
}

export interface NotificationListProps {
	readonly state: "active" | "snoozed";
	readonly onLeave?: () => void;
}

/** All of a state, and a way to be done with all that are new. */
export function NotificationList({ state, onLeave }: NotificationListProps) {
	const { t } = useLingui();
	const client = useQueryClient();
	const now = useNow();
	const reading = useReading();
	const [shown, setShown] = useState(STEP);
	const { data, error, isError, isPending, isPlaceholderData, refetch } = useQuery(notificationsQuery(state, shown));
	const [all, cleared] = usePassFocusOn<HTMLDivElement>();
	const clear = useMutation({
		mutationFn: () => kalends.notifications.dismissAll(),
		onSuccess: () => {
			cleared();
			announce(t`All are dismissed`);
		},
		onSettled: () => client.invalidateQueries({ queryKey: ["notifications"] }),
	});
	if (isPending) {
		return (
			<Loading>
				<Skeleton className="h-16" />
			</Loading>
		);
	}
	if (isError) {
		return <ErrorState title={t`They could not be loaded.`} error={error} onRetry={() => void refetch()} />;
	}
	if (data.length === 0) {
		return <p className="py-2 text-sm text-muted">{state === "active" ? t`Nothing new.` : t`None is snoozed.`}</p>;
	}
	return (
		<>
			<MoreList
				label={state === "active" ? t`New` : t`Snoozed`}
				items={data}
				shown={shown}
				busy={isPlaceholderData}
				onMore={() => setShown(shown + STEP)}
			>
				{(notification) => (
					<NotificationRow
						key={notification.id}
						{...{ notification, reading, now }}
						{...(onLeave === undefined ? {} : { onLeave })}
					/>
				)}
			</MoreList>
			<Failed error={clear.error} />
			{state === "active" && data.length > 1 ? (
				<div ref={all}>
					<Button kind="quiet" busy={clear.isPending} onClick={() => clear.mutate()}>
						{t`Dismiss all`}
					</Button>
				</div>
			) : null}
		</>
	);
}
