import type { Connection } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { CircleAlert, CircleCheck, CirclePause, RefreshCw } from "lucide-react";
import { relativeTime } from "../../ui/relative-time.ts";

const LOOKS = {
	active: [CircleCheck, "text-ok"],
	syncing: [RefreshCw, "text-accent"],
	reauth_required: [CircleAlert, "text-danger"],
	limited: [CircleAlert, "text-warn"],
	paused: [CirclePause, "text-muted"],
	error: [CircleAlert, "text-danger"],
} as const;

/** Whether the card says what is wrong; of one that is well, calendars that are not say so themselves. */
export function isTold({ status, status_reason, status_detail }: Connection): boolean {
	const waits = status_reason === "quota_exceeded" || status_reason === "rate_limited";
	return status_detail !== null && (status !== "active" || waits);
}

/** How a connection goes, in a sentence: what, since when, what to do. */
export function ConnectionStatus({ connection, now }: { readonly connection: Connection; readonly now: number }) {
	const { t } = useLingui();
	const { status, status_detail, status_since, fix, last_synced_at } = connection;
	const [Icon, tone] = LOOKS[status];
	const since = relativeTime(status_since, now);
	const synced = last_synced_at === null ? null : relativeTime(last_synced_at, now);
	const words: Readonly<Record<Connection["status"], string>> = {
		active: synced === null ? t`Connected` : t`Up to date, ${synced}`,
		syncing: t`Syncing…`,
		reauth_required: t`You have to sign in again (${since})`,
		limited: t`Not everything is allowed (${since})`,
		paused: t`Paused (${since})`,
		error: t`It does not work (${since})`,
	};
	return (
		<div className="flex gap-2 text-sm">
			<Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${tone}`} />
			<div>
				<p className="font-medium">{words[status]}</p>
				{!isTold(connection) ? null : (
					<p>
						{status_detail} {fix}
					</p>
				)}
				{status === "reauth_required" && synced !== null ? (
					<p className="text-muted">
						<Trans>What has changed since the last sync ({synced}) is not here yet.</Trans>
					</p>
				) : null}
			</div>
		</div>
	);
}
