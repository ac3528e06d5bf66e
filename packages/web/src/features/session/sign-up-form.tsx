import { useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { isKalendsError } from "../../api/query-client.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Failed } from "./failed.tsx";

interface Fields {
	readonly name: string;
	readonly email: string;
	readonly password: string;
	readonly code: string;
}

export interface SignUpFormProps {
	/** The first account of a server that other machines can reach needs the code that it printed. */
	readonly needsCode: boolean;
	readonly action: ReactNode;
	readonly onSignedIn: () => Promise<void>;
}

export function SignUpForm({ needsCode, action, onSignedIn }: SignUpFormProps) {
	const { t } = useLingui();
	const form = useForm<Fields>({ defaultValues: { name: "", email: "", password: "", code: "" } });
	const { errors } = form.formState;
	const signUp = useMutation({
		mutationFn: ({ name, email, password, code }: Fields) =>
			kalends.sessions.signUp({
				email,
				password,
				...(name.trim() === "" ? {} : { name }),
				...(needsCode ? { code: code.trim() } : {}),
			}),
		onSuccess: onSignedIn,
		onError: (error) => {
			if (!isKalendsError(error)) return;
			for (const [field, message] of Object.entries(error.fields)) {
				if (field === "email" || field === "password" || field === "name") form.setError(field, { message });
			}
		},
	});
	return (
		<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => signUp.mutate(fields))} noValidate>
			<Failed error={signUp.error} />
			{needsCode ? (
				<TextField
					label={t`One-time code`}
					help={t`The server printed it when it started: look at its terminal or its log.`}
					autoComplete="one-time-code"
					spellCheck={false}
					error={errors.code?.message}
					{...form.register("code", { required: t`Enter the code that the server printed.` })}
				/>
			) : null}
			<TextField label={t`Name`} autoComplete="name" error={errors.name?.message} {...form.register("name")} />
			<TextField
				label={t`E-mail address`}
				type="email"
				autoComplete="username"
				error={errors.email?.message}
				{...form.register("email", { required: t`Enter your e-mail address.` })}
			/>
			<TextField
				label={t`Password`}
				type="password"
				autoComplete="new-password"
				help={t`At least 8 characters.`}
				error={errors.password?.message}
				{...form.register("password", {
					required: t`Choose a password.`,
					minLength: { value: 8, message: t`Use at least 8 characters.` },
				})}
			/>
			<Button kind="primary" type="submit" busy={signUp.isPending}>
				{action}
			</Button>
		</form>
	);
}
