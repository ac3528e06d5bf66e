import type { Connection } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/states.tsx";
import { Failed } from "../session/failed.tsx";
import { authorizeGoogle } from "./authorize.ts";

/** What came of Google's consent page: which boxes were left unticked, else that all is well. */
export function GoogleConnected() {
	const { data: connections } = useQuery(connectionsQuery);
	if (connections === undefined) return null;
	const limited = connections.filter(
		({ provider, status_reason }) => provider === "google" && status_reason === "scope_not_granted",
	);
	return (
		<div role="status" className="grid gap-3">
			{limited.length === 0 ? (
				<Notice tone="ok">
					<Trans>Google is connected. Choose below which of its calendars Kalends shows.</Trans>
				</Notice>
			) : (
				limited.map((connection) => <Limited key={connection.id} connection={connection} />)
			)}
		</div>
	);
}

function Limited({ connection: { id, name, status_detail, fix } }: { readonly connection: Connection }) {
	const { t } = useLingui();
	const authorize = useMutation({ mutationFn: () => authorizeGoogle(id) });
	return (
		<Notice
			tone="warn"
			actions={
				<Button
					kind="primary"
					busy={authorize.isPending || authorize.isSuccess}
					onClick={() => authorize.mutate()}
					aria-label={t`Grant access to ${name}`}
				>
					{t`Grant access`}
				</Button>
			}
		>
			<p dir="auto" className="font-semibold">
				<Trans>{name} is connected, but not everything is allowed.</Trans>
			</p>
			<p>
				{status_detail} {fix}
			</p>
			<Failed error={authorize.error} />
		</Notice>
	);
}
