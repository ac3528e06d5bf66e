import type { DryRun, EventScope } from "@kalends/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQueries } from "@tanstack/react-query";
import { Mail } from "lucide-react";
import { useEffect, useState } from "react";
import { kalends } from "../../../api/kalends.ts";
import { Button } from "../../../ui/button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ErrorState, Notice, Skeleton } from "../../../ui/states.tsx";
import { useStore } from "../../../ui/store.ts";
import { type Asked, asked, type Change, scopesFor, seriesOf } from "./requests.ts";
import { turnsOver } from "./turns.ts";

/** Once in the app's calendar and editor: asks which occurrences a change is for, and says who will be mailed. */
export function ScopeDialog() {
	const request = useStore(asked);
	return request === null ? null : <AskedDialog key={request.change.event.id} {...request} />;
}

async function previewOf(change: Change, scope: EventScope | null, signal: AbortSignal): Promise<DryRun> {
	// What this person changed a moment ago counts.
	await turnsOver(seriesOf(change.event));
	const options = { signal, ...(scope === null ? {} : { scope }) };
	if (change.kind === "delete") return kalends.events.previewDelete(change.event.id, options);
	return kalends.events.previewUpdate(change.event.id, change.patch, options);
}

function AskedDialog({ change, done }: Asked) {
	const { t } = useLingui();
	const scopes = scopesFor(change);
	const options: readonly (EventScope | null)[] = scopes.length === 0 ? [null] : scopes;
	const [chosen, setChosen] = useState<EventScope | null>(options[0] ?? null);
	const previews = useQueries({
		queries: options.map((scope) => ({
			queryKey: [
				"preview",
				change.kind,
				change.event.id,
				change.event.etag,
				change.kind === "update" ? change.patch : null,
				scope,
			],
			queryFn: ({ signal }: { signal: AbortSignal }) => previewOf(change, scope, signal),
			staleTime: 0,
			gcTime: 0,
		})),
	});
	const preview = previews[options.indexOf(chosen)];
	const isDelete = change.kind === "delete";
	// Nobody is asked about what concerns nobody else.
	const trivial = scopes.length === 0 && preview?.data !== undefined && preview.data.mails.length === 0;
	useEffect(() => {
		if (trivial) done(null);
	}, [trivial, done]);
	if (trivial || (scopes.length === 0 && preview?.isPending)) return null;
	const title = change.event.title === "" ? t`(No title)` : change.event.title;
	return (
		<Dialog
			isOpen
			onClose={() => done("cancelled")}
			title={
				<span dir="auto">
					{scopes.length === 0
						? title
						: isDelete
							? t`Delete “${title}”, which repeats`
							: t`Change “${title}”, which repeats`}
				</span>
			}
		>
			<form
				className="grid gap-4"
				onSubmit={(submitted) => {
					submitted.preventDefault();
					if (!preview?.isError) done(chosen);
				}}
			>
				{scopes.length === 0 ? null : (
					<fieldset className="grid gap-2">
						<legend className="sr-only">
							<Trans>Which events are meant</Trans>
						</legend>
						{scopes.map((scope, index) => (
							<ScopeOption
								key={scope}
								scope={scope}
								isDelete={isDelete}
								checked={chosen === scope}
								autoFocus={index === 0}
								onChoose={() => setChosen(scope)}
								preview={previews[index]?.data}
								pending={previews[index]?.isPending ?? false}
							/>
						))}
					</fieldset>
				)}
				{preview?.isError ? (
					<ErrorState
						title={t`What this would change could not be read.`}
						error={preview.error}
						onRetry={() => void preview.refetch()}
					/>
				) : null}
				<Mails addresses={preview?.data?.mails ?? []} />
				<div className="flex flex-wrap justify-end gap-2">
					<Button onClick={() => done("cancelled")}>{t`Cancel`}</Button>
					<Button type="submit" kind={isDelete ? "danger" : "primary"} aria-disabled={preview?.isError || undefined}>
						{isDelete ? t`Delete` : t`Save`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}

interface OptionProps {
	readonly scope: EventScope;
	readonly isDelete: boolean;
	readonly checked: boolean;
	readonly autoFocus: boolean;
	readonly onChoose: () => void;
	readonly preview: DryRun | undefined;
	readonly pending: boolean;
}

const MOST_COUNTED = 500;

function ScopeOption({ scope, isDelete, checked, autoFocus, onChoose, preview, pending }: OptionProps) {
	const { t } = useLingui();
	const labels = { this: t`This event`, following: t`This and all following events`, all: t`All events of the series` };
	const count = preview?.occurrences.length ?? 0;
	const dropped = preview?.dropped.length ?? 0;
	return (
		<label className="flex cursor-pointer gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft">
			<input
				type="radio"
				name="scope"
				// biome-ignore lint/a11y/noAutofocus: it is what the dialog asks, and has its answer already.
				autoFocus={autoFocus}
				checked={checked}
				onChange={onChoose}
				className="mt-0.5 size-5 accent-accent"
			/>
			<span className="grid gap-0.5">
				<span className="font-medium">{labels[scope]}</span>
				<span className="text-sm text-muted not-empty:min-h-5">
					{pending ? (
						<Skeleton className="mt-1 h-3 w-40" />
					) : preview === undefined ? null : scope === "this" ? (
						isDelete ? (
							<Trans>Only this one goes</Trans>
						) : (
							<Trans>Only this one changes</Trans>
						)
					) : count >= MOST_COUNTED ? (
						<Trans>500 events or more within 13 months</Trans>
					) : isDelete ? (
						<Plural value={count} one="# event goes within 13 months" other="# events go within 13 months" />
					) : (
						<Plural value={count} one="# event changes within 13 months" other="# events change within 13 months" />
					)}
				</span>
				{dropped === 0 ? null : (
					<span className="text-sm font-medium text-warn">
						<Plural
							value={dropped}
							one="# event that was changed on its own is overwritten"
							other="# events that were changed on their own are overwritten"
						/>
					</span>
				)}
			</span>
		</label>
	);
}

/** "Guests will be mailed", before they are. */
export function Mails({ addresses }: { readonly addresses: readonly string[] }) {
	if (addresses.length === 0) return null;
	return (
		<Notice tone="info">
			<span className="flex items-start gap-2">
				<Mail aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
				<span>
					<Trans>Guests will be mailed:</Trans> <span className="break-all">{addresses.join(", ")}</span>
				</span>
			</span>
		</Notice>
	);
}
