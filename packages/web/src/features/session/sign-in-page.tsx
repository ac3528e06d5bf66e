import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { instanceQuery, sessionQuery } from "../../api/queries.ts";
import { Entrance } from "./entrance.tsx";
import { GoogleLink } from "./google-link.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function SignInPage() {
	const { t } = useLingui();
	const client = useQueryClient();
	const navigate = useNavigate();
	const { return_to } = useSearch({ from: "/sign-in" });
	const { data: instance } = useSuspenseQuery(instanceQuery);
	return (
		<Entrance
			title={t`Sign in to Kalends`}
			footer={
				instance.signup ? (
					<Link to="/sign-up">
						<Trans>Make an account</Trans>
					</Link>
				) : (
					<Trans>Accounts are made by this server's administrator.</Trans>
				)
			}
		>
			<SignInForm
				onSignedIn={async () => {
					client.clear();
					await client.ensureQueryData(sessionQuery);
					await navigate({ href: return_to ?? "/" });
				}}
			/>
			{instance.google ? <GoogleLink returnTo={return_to} /> : null}
		</Entrance>
	);
}
