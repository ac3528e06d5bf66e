import type { Webhook } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Empty, ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { webhooksQuery } from "./queries.ts";
import { WebhookCard } from "./webhook-card.tsx";
import { WebhookDialog } from "./webhook-dialog.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";

/** Addresses that are told of changes. */
export function Webhooks() {
	const { t } = useLingui();
	const [editing, setEditing] = useState<Webhook | "new" | null>(null);
	const [secret, setSecret] = useState<string | null>(null);
	const webhooks = useQuery(webhooksQuery);
	return (
		<section aria-labelledby="webhooks" className="grid gap-3">
			<div className="flex flex-wrap items-center justify-between gap-3">
				<h2 id="webhooks" className="text-lg font-semibold">
					<Trans>Webhooks</Trans>
				</h2>
				<Button kind="primary" onClick={() => setEditing("new")}>
					<Plus aria-hidden="true" className="size-4" />
					{t`New webhook`}
				</Button>
			</div>
			{webhooks.isPending ? (
				<Loading>
					<Skeleton className="h-24" />
				</Loading>
			) : webhooks.isLoadingError ? (
				<ErrorState
					title={t`Your webhooks could not be loaded.`}
					error={webhooks.error}
					onRetry={() => void webhooks.refetch()}
				/>
			) : webhooks.data.length === 0 ? (
				<div className="card">
					<Empty icon={<WebhookIcon aria-hidden="true" className="size-8" />} title={t`No webhooks yet`}>
						<Trans>Your own server can be told of each change as it happens, signed as Standard Webhooks has it.</Trans>
					</Empty>
				</div>
			) : (
				<ul className="grid gap-3" aria-label={t`Webhooks`}>
					{webhooks.data.map((webhook) => (
						<WebhookCard key={webhook.id} webhook={webhook} onEdit={() => setEditing(webhook)} onSecret={setSecret} />
					))}
				</ul>
			)}
			{editing === null ? null : (
				<WebhookDialog webhook={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
			)}
			{secret === null ? null : <WebhookSecret secret={secret} onClose={() => setSecret(null)} />}
		</section>
	);
}
