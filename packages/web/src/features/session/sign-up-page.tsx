import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { instanceQuery, sessionQuery } from "../../api/queries.ts";
import { Entrance } from "./entrance.tsx";
import { GoogleLink } from "./google-link.tsx";
import { SignUpForm } from "./sign-up-form.tsx";

export function SignUpPage() {
	const { t } = useLingui();
	const client = useQueryClient();
	const navigate = useNavigate();
	const { data: instance } = useSuspenseQuery(instanceQuery);
	const signIn = (
		<Link to="/sign-in">
			<Trans>Sign in instead</Trans>
		</Link>
	);
	if (!instance.signup) {
		return (
			<Entrance title={t`Sign-up is closed`} footer={signIn}>
				<p>
					<Trans>Accounts of this server are made by its administrator. Ask for one.</Trans>
				</p>
			</Entrance>
		);
	}
	return (
		<Entrance title={t`Make an account`} footer={signIn}>
			<SignUpForm
				needsCode={false}
				action={t`Make the account`}
				onSignedIn={async () => {
					client.clear();
					await client.ensureQueryData(sessionQuery);
					await navigate({ to: "/" });
				}}
			/>
			{instance.google ? <GoogleLink /> : null}
		</Entrance>
	);
}
