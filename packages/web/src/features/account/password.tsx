import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Notice } from "../../ui/states.tsx";
import { Failed } from "../session/failed.tsx";

const EMPTY = { current: "", wanted: "" };

/** Changes the password; whoever else is signed in has to sign in again. */
export function Password() {
	const { t } = useLingui();
	const client = useQueryClient();
	const [done, setDone] = useState(false);
	const form = useForm({ defaultValues: EMPTY });
	const { errors } = form.formState;
	const change = useMutation({
		mutationFn: ({ current, wanted }: typeof EMPTY) =>
			kalends.sessions.changePassword({ currentPassword: current, newPassword: wanted, revokeOtherSessions: true }),
		onMutate: () => setDone(false),
		onSuccess: async () => {
			form.reset(EMPTY);
			setDone(true);
			announce(t`The password is changed`);
			await client.invalidateQueries({ queryKey: ["sessions"] });
		},
	});
	return (
		<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => change.mutate(fields))} noValidate>
			<Failed error={change.error} />
			{done ? <Notice tone="ok">{t`The password is changed. Other browsers were signed out.`}</Notice> : null}
			<TextField
				label={t`Password now`}
				type="password"
				autoComplete="current-password"
				error={errors.current?.message}
				{...form.register("current", { required: t`Enter the password that you have now.` })}
			/>
			<TextField
				label={t`New password`}
				type="password"
				autoComplete="new-password"
				help={t`At least 8 characters. Other browsers are signed out.`}
				error={errors.wanted?.message}
				{...form.register("wanted", {
					required: t`Choose a password.`,
					minLength: { value: 8, message: t`Use at least 8 characters.` },
				})}
			/>
			<div>
				<Button type="submit" busy={change.isPending}>
					{t`Change the password`}
				</Button>
			</div>
		</form>
	);
}
