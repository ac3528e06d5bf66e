import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { CalendarPlus } from "lucide-react";
import { calendarsQuery, connectionsQuery } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { Steady } from "../../ui/steady.tsx";
import { ConnectionCard } from "./connection-card.tsx";
import { GoogleConnected } from "./google-connected.tsx";
import { ProviderCards } from "./provider-cards.tsx";

/** Settings → Calendar integration: what is connected, how it goes, and what can be connected. */
export function SettingsPage() {
	const { t } = useLingui();
	const { connected } = useSearch({ from: "/signed-in/settings/calendars" });
	return (
		<Page title={t`Calendar integration`}>
			{connected === "google" ? <GoogleConnected /> : null}
			<Steady>
				<section aria-labelledby="connected" className="grid gap-4">
					<h2 id="connected" className="text-lg font-semibold">
						<Trans>Connected</Trans>
					</h2>
					<Connections />
				</section>
				<section aria-labelledby="connect" className="grid gap-4">
					<h2 id="connect" className="text-lg font-semibold">
						<Trans>Connect a calendar</Trans>
					</h2>
					<ProviderCards />
				</section>
			</Steady>
		</Page>
	);
}

function Connections() {
	const { t } = useLingui();
	const connections = useQuery({
		...connectionsQuery,
		// Live updates tell of changes; while something syncs its counts move on too.
		refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === "syncing") ? 2_000 : false),
	});
	const calendars = useQuery(calendarsQuery);
	const { refetch } = connections;
	if (connections.isPending) {
		return (
			<Loading>
				<Skeleton className="h-40" />
			</Loading>
		);
	}
	if (connections.isLoadingError) {
		return (
			<ErrorState
				title={t`Your connections could not be loaded.`}
				error={connections.error}
				onRetry={() => void refetch()}
			/>
		);
	}
	if (connections.data.length === 0) {
		return (
			<div className="card">
				<Empty
					icon={<CalendarPlus aria-hidden="true" className="size-10" />}
					title={<Trans>Nothing is connected yet</Trans>}
				>
					<Trans>Choose below where your calendars are. They stay there; Kalends keeps a synced copy.</Trans>
				</Empty>
			</div>
		);
	}
	return connections.data.map((connection) => (
		<ConnectionCard
			key={connection.id}
			connection={connection}
			calendars={calendars.data?.filter(({ connection_id }) => connection_id === connection.id) ?? null}
		/>
	));
}
