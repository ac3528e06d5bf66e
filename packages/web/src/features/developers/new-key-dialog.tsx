import type { NewApiKey } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { sessionQuery } from "../../api/queries.ts";
import { isKalendsError } from "../../api/query-client.ts";
import { unanswered } from "../../api/unanswered.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Checkbox, Select, TextField } from "../../ui/field.tsx";
import { Failed } from "../session/failed.tsx";
import { apiKeysQuery } from "./queries.ts";
import { type Scope, useScopeWords } from "./scope-words.ts";
import { SecretOnce } from "./secret-once.tsx";
import { useReturnFocus } from "./use-return-focus.ts";

const DAY_MS = 86_400_000;
const LIFETIMES = [30, 90, 365] as const;

interface Fields {
	readonly name: string;
	readonly scopes: Scope[];
	/** Days; "" for ever. */
	readonly lifetime: string;
}

/** Asks what the key is for and may do, then shows it, this once. */
export function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
	const { t } = useLingui();
	useReturnFocus();
	const client = useQueryClient();
	const words = useScopeWords();
	const isAdmin = useQuery(sessionQuery).data?.user.role === "admin";
	const [made, setMade] = useState<NewApiKey | null>(null);
	const form = useForm<Fields>({ defaultValues: { name: "", scopes: ["read"], lifetime: "90" } });
	const { errors } = form.formState;
	const make = useMutation({
		mutationFn: ({ name, scopes, lifetime }: Fields) =>
			unanswered(
				kalends.apiKeys.create({
					name: name.trim(),
					scopes,
					expires_at: lifetime === "" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString(),
				}),
			),
		onSuccess: async (key) => {
			setMade(key);
			await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
		},
		onError: (error) => {
			if (isKalendsError(error) && error.fields.name !== undefined)
				form.setError("name", { message: error.fields.name });
		},
	});
	if (made !== null) {
		return (
			<SecretOnce title={t`The key “${made.name}”`} secret={made.key} label={t`Copy the key`} onClose={onClose}>
				<Trans>
					Send it as <code>Authorization: Bearer kal_…</code>
				</Trans>
			</SecretOnce>
		);
	}
	// It may be made by now, and is shown only once: nobody closes this before the answer.
	const close = () => {
		if (!make.isPending) onClose();
	};
	const offered: readonly Scope[] = isAdmin ? ["read", "write", "admin"] : ["read", "write"];
	return (
		<Dialog title={t`New API key`} isOpen onClose={close} keepOnOutsidePress>
			<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => make.mutate(fields))} noValidate>
				<Failed error={make.error} except={["name"]} />
				<TextField
					label={t`Name`}
					help={t`What it is for, so that you know it later.`}
					autoComplete="off"
					autoFocus
					error={errors.name?.message}
					{...form.register("name", { validate: (name) => name.trim() !== "" || t`Enter a name.` })}
				/>
				<fieldset className="grid gap-2">
					<legend className="mb-1.5 text-sm font-medium">{t`What it may do`}</legend>
					{offered.map((scope) => (
						<Checkbox
							key={scope}
							value={scope}
							label={
								<>
									{words[scope].label} <span className="text-muted">– {words[scope].allows}</span>
								</>
							}
							{...form.register("scopes", { validate: (scopes) => scopes.length > 0 || t`Choose one at least.` })}
						/>
					))}
					{errors.scopes === undefined ? null : (
						<p role="alert" className="text-sm font-medium text-danger">
							{errors.scopes.message}
						</p>
					)}
				</fieldset>
				<Select label={t`It ends`} {...form.register("lifetime")}>
					{LIFETIMES.map((days) => (
						<option key={days} value={days}>
							{t`after ${days} days`}
						</option>
					))}
					<option value="">{t`never`}</option>
				</Select>
				<div className="flex flex-wrap justify-end gap-2">
					<Button aria-disabled={make.isPending || undefined} onClick={close}>
						<Trans>Cancel</Trans>
					</Button>
					<Button kind="primary" type="submit" busy={make.isPending}>
						{t`Make the key`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
