import type { Me } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { useMeUpdate } from "../../api/use-me-update.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";

/** The name that others see, and the address one signs in with. */
export function Profile({ me }: { readonly me: Me }) {
	const { t } = useLingui();
	const update = useMeUpdate();
	const form = useForm({ values: { name: me.name }, resetOptions: { keepDirtyValues: true } });
	const save = ({ name }: { readonly name: string }) =>
		update.mutate(
			{ name },
			{
				onSuccess: (after) => {
					form.reset({ name: after.name });
					announce(t`Saved`);
				},
			},
		);
	return (
		<>
			<dl className="text-sm">
				<dt className="font-medium">{t`E-mail address`}</dt>
				<dd dir="auto">{me.email}</dd>
			</dl>
			<form className="grid gap-3" onSubmit={form.handleSubmit(save)} noValidate>
				<TextField
					label={t`Name`}
					autoComplete="name"
					error={form.formState.errors.name?.message}
					{...form.register("name", { maxLength: { value: 200, message: t`Use 200 characters at the most.` } })}
				/>
				<Failed error={update.error} />
				<div>
					<Button type="submit" busy={update.isPending} aria-disabled={!form.formState.isDirty && !update.isError}>
						{t`Save the name`}
					</Button>
				</div>
			</form>
			<p className="text-sm">
				<Link to="/notifications">
					<Trans>Reminders, notifications and mail</Trans>
				</Link>
			</p>
		</>
	);
}
