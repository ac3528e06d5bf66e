import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { Failed } from "./failed.tsx";

interface Fields {
	readonly email: string;
	readonly password: string;
}

/** @param email whose session ended; it can then not be another's */
export function SignInForm({
	email,
	onSignedIn,
}: {
	readonly email?: string;
	readonly onSignedIn: () => Promise<void>;
}) {
	const { t } = useLingui();
	const form = useForm<Fields>({ defaultValues: { email: email ?? "", password: "" } });
	const signIn = useMutation({
		mutationFn: (fields: Fields) => kalends.sessions.signIn(fields),
		onSuccess: onSignedIn,
		onError: () => form.setFocus("password"),
	});
	return (
		<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => signIn.mutate(fields))} noValidate>
			<Failed error={signIn.error} />
			<TextField
				label={t`E-mail address`}
				type="email"
				autoComplete="username"
				readOnly={email !== undefined}
				error={form.formState.errors.email?.message}
				{...form.register("email", { required: t`Enter your e-mail address.` })}
			/>
			<TextField
				label={t`Password`}
				type="password"
				autoComplete="current-password"
				error={form.formState.errors.password?.message}
				{...form.register("password", { required: t`Enter your password.` })}
			/>
			<Button kind="primary" type="submit" busy={signIn.isPending}>
				<Trans>Sign in</Trans>
			</Button>
		</form>
	);
}
