import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { instanceQuery, refreshAll, sessionQuery } from "../../api/queries.ts";
import { sessionEnded } from "../../api/server.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { GoogleLink } from "./google-link.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** The session ended while the app was open: signing in again here loses nothing that was typed. */
export function SessionDialog() {
	const { t } = useLingui();
	const client = useQueryClient();
	const { data: session } = useQuery(sessionQuery);
	const { data: instance } = useQuery(instanceQuery);
	const [later, setLater] = useState(false);
	if (later) {
		return (
			<div role="status" className="flex items-center justify-between gap-3 bg-warn-soft px-4 py-2 text-sm">
				<Trans>Your session has ended. What you typed is still here.</Trans>
				<Button onClick={() => setLater(false)}>
					<Trans>Sign in</Trans>
				</Button>
			</div>
		);
	}
	return (
		<Dialog title={t`Your session has ended`} isOpen onClose={() => setLater(true)} keepOnOutsidePress>
			<p>
				<Trans>Sign in again to go on. What you typed is still here.</Trans>
			</p>
			<SignInForm
				{...(session === null || session === undefined ? {} : { email: session.user.email })}
				onSignedIn={async () => {
					sessionEnded.set(false);
					announce(t`Signed in again`);
					await refreshAll(client);
				}}
			/>
			{instance?.google === true ? <GoogleLink returnTo={`${location.pathname}${location.search}`} /> : null}
		</Dialog>
	);
}
