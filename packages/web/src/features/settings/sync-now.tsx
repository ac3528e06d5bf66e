import type { Connection, Run } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";
import { isTold } from "./connection-status.tsx";
import { runsQuery } from "./runs.ts";

const LOOK_EVERY_MS = 700;

/** Syncs now, counts what comes meanwhile, and says what came of it. */
export function SyncNow({ connection }: { readonly connection: Connection }) {
	const { id, name } = connection;
	const { t } = useLingui();
	const client = useQueryClient();
	const [asked, setAsked] = useState<string | null>(null);
	const start = useMutation({
		mutationFn: () => kalends.connections.sync(id),
		onSuccess: (run) => {
			setAsked(run.id);
			return client.invalidateQueries({ queryKey: ["runs", id] });
		},
	});
	const runs = useQuery({
		...runsQuery(id),
		enabled: asked !== null,
		refetchInterval: ({ state }) => (isOver(state.data, asked) ? false : LOOK_EVERY_MS),
	});
	const run = runs.data?.find((one) => one.id === asked);
	const over = run !== undefined && run.state !== "running";
	const outcome = run === undefined ? "" : outcomeOf(run);
	useEffect(() => {
		if (!over) return;
		announce(`${name}: ${outcome}`);
		for (const key of ["connections", "calendars", "events"]) void client.invalidateQueries({ queryKey: [key] });
	}, [over, outcome, name, client]);
	// What a later sync has found takes its place.
	const latest = runs.data?.[0]?.id === asked ? outcome : "";
	// The card says why, once it has read how the connection goes now.
	const isSaid = run?.state === "failed" && isTold(connection) && run.error?.code === connection.status_reason;
	const shown = isSaid && latest !== "" ? t`The sync failed.` : latest;
	const running = start.isPending || (asked !== null && !over);
	return (
		<>
			<Button busy={running} onClick={() => start.mutate()}>
				{running ? null : <RefreshCw aria-hidden="true" className="size-4" />}
				{t`Sync now`}
			</Button>
			{shown === "" ? null : <span className="text-sm text-muted">{shown}</span>}
			<Failed error={start.error} />
		</>
	);

	function outcomeOf({ state, created, updated, deleted, error }: Run): string {
		const counts = t`${created} new, ${updated} changed, ${deleted} deleted`;
		if (state === "running") return t`Syncing: ${counts}`;
		if (state === "failed") return [error?.detail, error?.fix].filter(Boolean).join(" ");
		if (state === "paused") return t`Stopped: deletions wait for you`;
		return created + updated + deleted === 0 ? t`Nothing has changed` : t`Done: ${counts}`;
	}
}

function isOver(runs: readonly Run[] | undefined, id: string | null): boolean {
	return runs?.some((run) => run.id === id && run.state !== "running") ?? false;
}
