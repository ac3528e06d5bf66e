import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { instanceQuery, sessionQuery } from "../../api/queries.ts";
import { Entrance } from "../session/entrance.tsx";
import { SignUpForm } from "../session/sign-up-form.tsx";
import { Checklist } from "./checklist.tsx";

/** The first run: the first account, then what is left to set up. */
export function SetupPage() {
	const { data: session } = useSuspenseQuery(sessionQuery);
	return session === null ? <FirstAccount /> : <Checklist isAdmin={session.user.role === "admin"} />;
}

function FirstAccount() {
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
					await client.fetchQuery({ ...instanceQuery, staleTime: 0 });
					await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
				}}
			/>
		</Entrance>
	);
}
