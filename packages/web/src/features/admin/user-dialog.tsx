import type { User } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { isKalendsError } from "../../api/query-client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Select, TextField } from "../../ui/field.tsx";
import { announce } from "../../ui/live-region.tsx";
import { Failed } from "../session/failed.tsx";
import { usersQuery } from "./queries.ts";

const EMPTY = { email: "", name: "", password: "", role: "user" };
const FIELDS = ["email", "name", "password"] as const;

/** Makes an account, or gives one that is there a new password. @param user null: a new one */
export function UserDialog({ user, onClose }: { readonly user: User | null; readonly onClose: () => void }) {
	const { t } = useLingui();
	const client = useQueryClient();
	const form = useForm({ defaultValues: EMPTY });
	const { errors } = form.formState;
	const save = useMutation({
		mutationFn: ({ email, name, password, role }: typeof EMPTY) =>
			user === null
				? kalends.users.create({
						email,
						password,
						role: role === "admin" ? "admin" : "user",
						...(name.trim() === "" ? {} : { name }),
					})
				: kalends.users.update(user.id, { password }),
		onSuccess: async () => {
			announce(user === null ? t`The account is made` : t`The password is set`);
			onClose();
			await client.invalidateQueries({ queryKey: usersQuery.queryKey });
		},
		onError: (error) => {
			if (!isKalendsError(error)) return;
			for (const field of FIELDS) {
				const message = error.fields[field];
				if (message !== undefined) form.setError(field, { message });
			}
		},
	});
	return (
		<Dialog
			title={user === null ? t`New account` : t`Set a password for ${user.email}`}
			isOpen
			onClose={onClose}
			keepOnOutsidePress
		>
			<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => save.mutate(fields))} noValidate>
				<Failed error={save.error} except={FIELDS} />
				{user === null ? (
					<>
						<TextField
							label={t`E-mail address`}
							type="email"
							autoComplete="off"
							autoFocus
							error={errors.email?.message}
							{...form.register("email", { required: t`Enter an e-mail address.` })}
						/>
						<TextField label={t`Name`} autoComplete="off" error={errors.name?.message} {...form.register("name")} />
						<Select label={t`Role`} {...form.register("role")}>
							<option value="user">{t`User`}</option>
							<option value="admin">{t`Administrator`}</option>
						</Select>
					</>
				) : null}
				<TextField
					label={t`Password`}
					type="password"
					autoComplete="new-password"
					help={t`At least 8 characters. Tell it to them in a safe way; they can change it.`}
					error={errors.password?.message}
					{...form.register("password", {
						required: t`Choose a password.`,
						minLength: { value: 8, message: t`Use at least 8 characters.` },
					})}
				/>
				<div className="flex flex-wrap justify-end gap-2">
					<Button onClick={onClose}>
						<Trans>Cancel</Trans>
					</Button>
					<Button kind="primary" type="submit" busy={save.isPending}>
						{user === null ? t`Make the account` : t`Set the password`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
