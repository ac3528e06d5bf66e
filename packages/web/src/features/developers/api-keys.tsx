import type { ApiKey } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { relativeTime } from "../../ui/relative-time.ts";
import { Empty, ErrorState, Loading, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/use-now.ts";
import { Failed } from "../session/failed.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";
import { apiKeysQuery } from "./queries.ts";
import { useScopeWords } from "./scope-words.ts";

/** Keys for programs: which there are, and what they may do. */
export function ApiKeys() {
	const { t } = useLingui();
	const [making, setMaking] = useState(false);
	const [deleting, setDeleting] = useState<ApiKey | null>(null);
	const keys = useQuery(apiKeysQuery);
	const now = useNow();
	return (
		<section aria-labelledby="keys" className="grid gap-3">
			<div className="flex flex-wrap items-center justify-between gap-3">
				<h2 id="keys" className="text-lg font-semibold">
					<Trans>API keys</Trans>
				</h2>
				<Button kind="primary" onClick={() => setMaking(true)}>
					<Plus aria-hidden="true" className="size-4" />
					{t`New key`}
				</Button>
			</div>
			{keys.isPending ? (
				<Loading>
					<Skeleton className="h-16" />
				</Loading>
			) : keys.isLoadingError ? (
				<ErrorState title={t`Your keys could not be loaded.`} error={keys.error} onRetry={() => void keys.refetch()} />
			) : keys.data.length === 0 ? (
				<div className="card">
					<Empty icon={<KeyRound aria-hidden="true" className="size-8" />} title={t`No keys yet`}>
						<Trans>A program that reads or writes your calendars needs a key.</Trans>
					</Empty>
				</div>
			) : (
				<ul className="card" aria-label={t`API keys`}>
					{keys.data.map((key) => (
						<KeyRow key={key.id} apiKey={key} now={now} onDelete={() => setDeleting(key)} />
					))}
				</ul>
			)}
			{making ? <NewKeyDialog onClose={() => setMaking(false)} /> : null}
			{deleting === null ? null : <DeleteKey apiKey={deleting} onClose={() => setDeleting(null)} />}
		</section>
	);
}

interface KeyRowProps {
	readonly apiKey: ApiKey;
	readonly now: number;
	readonly onDelete: () => void;
}

function KeyRow({ apiKey, now, onDelete }: KeyRowProps) {
	const { t } = useLingui();
	const words = useScopeWords();
	const { name, prefix, scopes, expires_at, last_used_at, created_at } = apiKey;
	const over = expires_at !== null && Date.parse(expires_at) <= now;
	const facts = [
		scopes.map((scope) => words[scope].label).join(", "),
		last_used_at === null ? t`never used` : t`used ${relativeTime(last_used_at, now)}`,
		t`made ${relativeTime(created_at, now)}`,
	];
	return (
		<li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line px-4 py-3 text-sm not-first:border-t">
			<div className="min-w-0 flex-1 basis-56">
				<p>
					<bdi className="font-medium">{name}</bdi> <code className="text-muted">{prefix}…</code>
				</p>
				<p className="text-muted">{facts.join(" · ")}</p>
				{expires_at === null ? null : (
					<p className={over ? "text-danger" : "text-muted"}>
						{over ? t`expired ${relativeTime(expires_at, now)}` : t`expires ${relativeTime(expires_at, now)}`}
					</p>
				)}
			</div>
			<Button kind="quiet" className="text-danger!" onClick={onDelete}>
				{t`Delete`}
				<span className="sr-only"> {name}</span>
			</Button>
		</li>
	);
}

function DeleteKey({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const erase = useMutation({
		mutationFn: () => kalends.apiKeys.delete(apiKey.id),
		onSuccess: async () => {
			announce(t`The key is deleted`);
			onClose();
			await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
		},
	});
	return (
		<ConfirmDialog
			title={t`Delete the key “${apiKey.name}”?`}
			isOpen
			onClose={onClose}
			confirm={t`Delete the key`}
			busy={erase.isPending}
			onConfirm={() => erase.mutate()}
		>
			<Failed error={erase.error} />
			<p>
				<Trans>Programs that use it are refused at once.</Trans>
			</p>
		</ConfirmDialog>
	);
}
