import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Switch } from "../../ui/field.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { ConnectionStatus } from "../settings/connection-status.tsx";
import { PROVIDER_NAMES } from "../settings/provider-names.ts";
import { adminConnectionsQuery } from "./queries.ts";

/** How the accounts of everybody do. */
export function AllConnections() {
	const { t } = useLingui();
	const now = useNow();
	const [trouble, setTrouble] = useState(false);
	const connections = useQuery(adminConnectionsQuery(trouble));
	return (
		<section aria-labelledby="connections" className="grid gap-3">
			<div className="flex flex-wrap items-center justify-between gap-3">
				<h2 id="connections" className="text-lg font-semibold">
					<Trans>Connections</Trans>
				</h2>
				<Switch label={t`Only those that need somebody`} checked={trouble} onChange={setTrouble} />
			</div>
			{connections.isPending ? (
				<Loading>
					<Skeleton className="h-28" />
				</Loading>
			) : connections.isLoadingError ? (
				<ErrorState
					title={t`Connections could not be loaded.`}
					error={connections.error}
					onRetry={() => void connections.refetch()}
				/>
			) : connections.data.length === 0 ? (
				<p className="card p-4 text-sm text-muted">
					{trouble ? <Trans>None: every connection works.</Trans> : <Trans>Nobody has connected a calendar yet.</Trans>}
				</p>
			) : (
				<ul className="card" aria-label={t`Connections`}>
					{connections.data.map((connection) => (
						<li
							key={connection.id}
							className="grid gap-x-6 gap-y-1 border-line px-4 py-3 text-sm not-first:border-t sm:grid-cols-[1fr_1fr]"
						>
							<div className="min-w-0">
								<p dir="auto" className="font-medium">
									{connection.name}
								</p>
								<p className="text-muted">
									{PROVIDER_NAMES[connection.provider]} · <bdi>{connection.user.name || connection.user.email}</bdi>
								</p>
								<p className="text-muted">
									{connection.next_sync_at === null
										? t`No sync is planned`
										: t`Next sync ${relativeTime(connection.next_sync_at, now)}`}
								</p>
							</div>
							<ConnectionStatus connection={connection} now={now} />
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
