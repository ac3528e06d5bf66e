import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { instanceQuery, sessionQuery } from "../../api/queries.ts";
import { Entrance } from "../session/entrance.tsx";
import { SignUpForm } from "../session/sign-up-form.tsx";

export function SetupPage() {
	const { t } = useLingui();
	const client = useQueryClient();
	const { data: instance } = useSuspenseQuery(instanceQuery);
	return (
		<Entrance title={t`Welcome to Kalends`}>
			<p>
				<Trans>Make the first account. It becomes the administrator of this server.</Trans>
			</p>
			<SignUpForm
				needsCode={instance.first_account === "code"}
				action={t`Make the account`}
				onSignedIn={async () => {
					client.clear();
					await client.ensureQueryData(sessionQuery);
				}}
			/>
		</Entrance>
	);
}
