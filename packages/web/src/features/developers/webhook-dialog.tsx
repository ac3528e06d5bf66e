import type { Webhook, WebhookFilter } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { calendarsQuery, sessionQuery } from "../../api/queries.ts";
import { isKalendsError } from "../../api/query-client.ts";
import { unanswered } from "../../api/unanswered.ts";
import { Button } from "../../ui/button.tsx";
import { CalendarMark } from "../../ui/calendar-mark.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Checkbox, TextField } from "../../ui/field.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";
import { webhooksQuery } from "./queries.ts";
import { useReturnFocus } from "./use-return-focus.ts";
import { WebhookSecret } from "./webhook-secret.tsx";
import { useTypeWords, WEBHOOK_GROUPS } from "./webhook-types.ts";

interface Fields {
	readonly url: string;
	readonly types: WebhookFilter[];
	readonly calendars: string[];
	readonly everybody: boolean;
}

export interface WebhookDialogProps {
	/** Null: a new one. */
	readonly webhook: Webhook | null;
	readonly onClose: () => void;
}

/** Where to, of what, and of which calendars; nothing chosen means everything. A new one's secret is shown then. */
export function WebhookDialog({ webhook, onClose }: WebhookDialogProps) {
	const { t } = useLingui();
	useReturnFocus();
	const [made, setMade] = useState<string | null>(null);
	const client = useQueryClient();
	const words = useTypeWords();
	const calendars = useQuery(calendarsQuery).data ?? [];
	const isAdmin = useQuery(sessionQuery).data?.user.role === "admin";
	const form = useForm<Fields>({
		defaultValues: {
			url: webhook?.url ?? "",
			types: [...(webhook?.types ?? [])],
			calendars: [...(webhook?.calendar_ids ?? [])],
			everybody: webhook?.all_users ?? false,
		},
	});
	const { errors } = form.formState;
	const everybody = form.watch("everybody");
	const save = useMutation({
		mutationFn: async ({ url, types, calendars: chosen, everybody: all }: Fields): Promise<string | null> => {
			const body = {
				url: url.trim(),
				types: types.length === 0 ? null : types,
				calendar_ids: all || chosen.length === 0 ? null : chosen,
			};
			if (webhook === null) {
				const made = await unanswered(kalends.webhooks.create({ ...body, ...(all ? { all_users: true } : {}) }));
				return made.secret;
			}
			await unanswered(kalends.webhooks.update(webhook.id, body));
			return null;
		},
		onSuccess: async (secret) => {
			if (secret === null) {
				onClose();
				announce(t`Saved`);
			} else setMade(secret);
			await client.invalidateQueries({ queryKey: webhooksQuery.queryKey });
		},
		onError: (error) => {
			if (isKalendsError(error) && error.fields.url !== undefined) {
				form.setError("url", { message: error.fields.url }, { shouldFocus: true });
			}
		},
	});
	if (made !== null) return <WebhookSecret secret={made} onClose={onClose} />;
	// A new one's secret is shown only once, and an edit may fail: nobody closes this before the answer.
	const close = () => {
		if (!save.isPending) onClose();
	};
	// What is chosen already is offered too, should the app not know it.
	const offered = [...new Set([...WEBHOOK_GROUPS, ...(webhook?.types ?? [])])];
	return (
		<Dialog title={webhook === null ? t`New webhook` : t`Edit the webhook`} isOpen onClose={close} keepOnOutsidePress>
			<form className="grid gap-5" onSubmit={form.handleSubmit((fields) => save.mutate(fields))} noValidate>
				<Failed error={save.error} except={["url"]} />
				<TextField
					label={t`Address`}
					type="url"
					inputMode="url"
					placeholder="https://example.com/hooks/kalends"
					autoComplete="off"
					error={errors.url?.message}
					{...form.register("url", { required: t`Enter the address that is to be told.` })}
				/>
				<fieldset className="grid gap-2">
					<legend className="mb-1 text-sm font-medium">{t`What it is told of`}</legend>
					<p className="text-sm text-muted">
						<Trans>Everything, unless you choose.</Trans>
					</p>
					{offered.map((type) => (
						<Checkbox
							key={type}
							value={type}
							label={
								<>
									{words(type)} <code className="text-muted">{type}</code>
								</>
							}
							{...form.register("types")}
						/>
					))}
				</fieldset>
				{isAdmin && webhook === null ? (
					<Checkbox label={t`Of everybody on this server`} {...form.register("everybody")} />
				) : null}
				{everybody || calendars.length === 0 ? null : (
					<fieldset className="grid gap-2">
						<legend className="mb-1 text-sm font-medium">{t`Of which calendars`}</legend>
						<p className="text-sm text-muted">
							<Trans>All, and of what is about none, unless you choose.</Trans>
						</p>
						{calendars.map(({ id, name, color }) => (
							<Checkbox
								key={id}
								value={id}
								label={
									<span className="inline-flex items-center gap-2">
										<CalendarMark name={name} color={color} />
										<bdi>{name}</bdi>
									</span>
								}
								{...form.register("calendars")}
							/>
						))}
					</fieldset>
				)}
				<div className="flex flex-wrap justify-end gap-2">
					<Button aria-disabled={save.isPending || undefined} onClick={close}>
						<Trans>Cancel</Trans>
					</Button>
					<Button kind="primary" type="submit" busy={save.isPending}>
						{webhook === null ? t`Make the webhook` : t`Save`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
