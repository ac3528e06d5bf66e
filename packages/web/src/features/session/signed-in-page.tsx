import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Navigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { buttonClass } from "../../ui/button.tsx";
import { leaveOnlyDraftsOf } from "../editor/kept.ts";
import { Entrance } from "./entrance.tsx";
import { tellSignedIn } from "./session-back.ts";

/**
 * Where a window that was opened to sign in ends: it tells the page that waits, and closes itself where browsers let it.
 * A page of which another person was the owner also comes here, loaded anew.
 */
export function SignedInPage() {
	const { t } = useLingui();
	const { instead } = useSearch({ from: "/sign-in/done" });
	const { data: session } = useSuspenseQuery(sessionQuery);
	const userId = session?.user.id ?? null;
	useEffect(() => {
		if (userId === null) return;
		leaveOnlyDraftsOf(userId);
		if (instead !== undefined) return;
		tellSignedIn();
		window.close();
	}, [userId, instead]);
	if (session === null) return <Navigate to="/sign-in" />;
	const { email } = session.user;
	return (
		<Entrance title={instead === undefined ? t`You are signed in` : t`Somebody else is signed in now`}>
			<p>
				{instead === undefined ? (
					<Trans>You can close this window: the page that asked for it goes on by itself.</Trans>
				) : (
					<Trans>
						{email} has signed in. What this page showed before belonged to another account, and so did what was typed
						in it: none of it was kept.
					</Trans>
				)}
			</p>
			<Link to="/" className={buttonClass("secondary")}>
				<Trans>Go to the dashboard</Trans>
			</Link>
		</Entrance>
	);
}
