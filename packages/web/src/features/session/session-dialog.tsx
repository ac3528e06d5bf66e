import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { instanceQuery, refreshAll, sessionQuery } from "../../api/queries.ts";
import { sessionEnded } from "../../api/server.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { announce } from "../../ui/live-region.tsx";
import { GoogleLink } from "./google-link.tsx";
import { onMaybeSignedIn, SIGNED_IN_PAGE, sessionBack } from "./session-back.ts";
import { SignInForm } from "./sign-in-form.tsx";

/**
 * The session ended while the app was open: signing in again, here or in a window beside it, loses nothing that was typed.
 * Where somebody else signs in, the page is loaded anew, so that they see nothing of the person's before.
 */
export function SessionDialog() {
	const { t } = useLingui();
	const client = useQueryClient();
	// Whose page it is does not change with what is read of the session from now on.
	const [person] = useState(() => client.getQueryData(sessionQuery.queryKey)?.user ?? null);
	const { data: instance } = useQuery(instanceQuery);
	const [later, setLater] = useState(false);
	const [opened, setOpened] = useState(false);
	const personId = person?.id ?? null;
	const goOn = useCallback(async () => {
		const back = await sessionBack(personId);
		if (back === "other") location.replace(`${SIGNED_IN_PAGE}?instead=yes`);
		if (back !== "same" || !sessionEnded.get()) return;
		sessionEnded.set(false);
		announce(t`Signed in again`);
		await refreshAll(client);
	}, [personId, client, t]);
	// Where the server cannot be asked now, the next look asks it.
	useEffect(() => onMaybeSignedIn(() => void goOn().catch(() => undefined)), [goOn]);
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
			<SignInForm {...(person === null ? {} : { email: person.email })} onSignedIn={goOn} />
			{instance?.google === true ? <GoogleLink returnTo={SIGNED_IN_PAGE} onOpened={() => setOpened(true)} /> : null}
			<p role="status" className="text-sm text-muted empty:hidden">
				{opened ? t`Sign in in the window that has opened. This page goes on by itself after it.` : null}
			</p>
		</Dialog>
	);
}
