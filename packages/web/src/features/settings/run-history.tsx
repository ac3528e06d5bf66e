import type { Connection, Run } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Dialog } from "../../ui/dialog.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { runsQuery } from "./runs.ts";

/** The last syncs of a connection: why, what came, what failed. */
export function RunHistory({ connection, onClose }: { readonly connection: Connection; readonly onClose: () => void }) {
	const { t } = useLingui();
	const runs = useQuery(runsQuery(connection.id));
	const now = useNow();
	const triggers: Readonly<Record<Run["trigger"], string>> = {
		first: t`first sync`,
		poll: t`regular`,
		push: t`pushed`,
		manual: t`asked for`,
		write: t`after a change`,
	};
	const states: Readonly<Record<Run["state"], string>> = {
		running: t`running`,
		done: t`done`,
		failed: t`failed`,
		paused: t`stopped`,
	};
	return (
		<Dialog title={t`History of ${connection.name}`} isOpen onClose={onClose} wide>
			{runs.isPending ? (
				<Loading>
					<Skeleton className="h-32" />
				</Loading>
			) : runs.isLoadingError ? (
				<ErrorState
					title={t`The history could not be loaded.`}
					error={runs.error}
					onRetry={() => void runs.refetch()}
				/>
			) : runs.data.length === 0 ? (
				<p>
					<Trans>Nothing has been synced yet.</Trans>
				</p>
			) : (
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
				<section className="overflow-x-auto" aria-label={t`Syncs`} tabIndex={0}>
					<table className="w-full text-sm wrap-break-word">
						<thead className="text-start text-muted">
							<tr>
								{[t`When`, t`Why`, t`Outcome`, t`New`, t`Changed`, t`Deleted`].map((title) => (
									<th key={title} scope="col" className="p-2 text-start font-medium">
										{title}
									</th>
								))}
							</tr>
						</thead>
						<tbody>
							{runs.data.map((run) => (
								<tr key={run.id} className="border-t border-line align-top">
									<td className="p-2 whitespace-nowrap">{relativeTime(run.started_at, now)}</td>
									<td className="p-2">{triggers[run.trigger]}</td>
									<td className="p-2">
										{states[run.state]}
										{run.error === null ? null : <p className="text-danger">{run.error.detail}</p>}
									</td>
									<td className="p-2">{run.created}</td>
									<td className="p-2">{run.updated}</td>
									<td className="p-2">{run.deleted}</td>
								</tr>
							))}
						</tbody>
					</table>
				</section>
			)}
		</Dialog>
	);
}
