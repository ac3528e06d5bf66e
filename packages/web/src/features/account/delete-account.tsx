import type { Me } from "@kalends/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { kalends } from "../../api/kalends.ts";
import { isKalendsError } from "../../api/query-client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Failed } from "../session/failed.tsx";

/** Asks for the address to be typed and for the password, and says what is erased and what stays. */
export function DeleteAccount({ me }: { readonly me: Me }) {
	const { t } = useLingui();
	const [asking, setAsking] = useState(false);
	return (
		<div className="grid gap-2 border-t border-line pt-4">
			<p className="text-sm">
				<Trans>
					Your account can be deleted with everything of it. Nothing is deleted at your calendars' providers.
				</Trans>
			</p>
			<div>
				<Button kind="danger" onClick={() => setAsking(true)}>
					{t`Delete my account`}
				</Button>
			</div>
			{asking ? <DeleteDialog me={me} onClose={() => setAsking(false)} /> : null}
		</div>
	);
}

function DeleteDialog({ me, onClose }: { readonly me: Me; readonly onClose: () => void }) {
	const { t } = useLingui();
	const form = useForm({ defaultValues: { email: "", password: "" } });
	const { errors } = form.formState;
	const erase = useMutation({
		mutationFn: ({ email, password }: { readonly email: string; readonly password: string }) =>
			kalends.me.delete(me.has_password ? { password } : { email: email.trim() }),
		onSuccess: () => location.assign("/sign-in"),
	});
	const isWrong = isKalendsError(erase.error) && erase.error.fields.password !== undefined;
	const wrong = isWrong ? t`This is not your password.` : undefined;
	const same = (text: string) => text.trim().toLowerCase() === me.email.toLowerCase();
	return (
		<Dialog title={t`Delete your account?`} isOpen onClose={onClose} keepOnOutsidePress>
			<form className="grid gap-4" onSubmit={form.handleSubmit((fields) => erase.mutate(fields))} noValidate>
				<Failed error={erase.error} except={["password"]} />
				<ul className="grid list-disc gap-1.5 ps-5 text-sm">
					<li>
						<Trans>
							Erased here, for good: your connections, the copies of your events, keys, webhooks and settings.
						</Trans>
					</li>
					<li>
						<Trans>Lost: changes that have not been sent to your providers yet.</Trans>
					</li>
					<li>
						<Trans>Stays: everything at your providers. Consents that you gave Kalends are given back.</Trans>
					</li>
				</ul>
				<TextField
					label={t`Type ${me.email} to go on`}
					autoComplete="off"
					spellCheck={false}
					error={errors.email?.message}
					{...form.register("email", {
						validate: (text) => same(text) || t`Type your e-mail address as it is above.`,
					})}
				/>
				{me.has_password ? (
					<TextField
						label={t`Password`}
						type="password"
						autoComplete="current-password"
						error={errors.password?.message ?? wrong}
						{...form.register("password", { required: t`Enter your password.` })}
					/>
				) : null}
				<div className="flex flex-wrap justify-end gap-2">
					<Button onClick={onClose}>
						<Trans>Cancel</Trans>
					</Button>
					<Button kind="danger" type="submit" busy={erase.isPending || erase.isSuccess}>
						{t`Delete everything`}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}
