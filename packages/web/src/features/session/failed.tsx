import { useLingui } from "@lingui/react/macro";
import { isKalendsError } from "../../api/query-client.ts";
import { sessionEnded } from "../../api/server.ts";
import { failureOf, Notice } from "../../ui/states.tsx";
import { useStore } from "../../ui/store.ts";

interface FailedProps {
	readonly error: unknown;
	/** Fields beside which the form shows what is wrong with them; where that is all, nothing is said here. */
	readonly except?: readonly string[];
}

/** A long form may have been scrolled past it. */
const bringIntoSight = (element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" });

/** Why a form was not taken; nothing where nothing failed, and of an ended session nothing once one is signed in again. */
export function Failed({ error, except = [] }: FailedProps) {
	const { t } = useLingui();
	const isSignedOut = useStore(sessionEnded);
	if (error === null || error === undefined) return null;
	const faults = isKalendsError(error) ? Object.keys(error.fields) : [];
	if (faults.length > 0 && faults.every((field) => except.includes(field))) return null;
	const { detail, fix } = failureOf(error);
	// What a program would have to send is nothing to tell a person.
	const ended = isKalendsError(error) && error.code === "unauthenticated";
	if (ended && !isSignedOut) return null;
	return (
		<div role="alert" ref={bringIntoSight}>
			<Notice tone="danger">
				{ended ? t`Your session has ended. Sign in, then try again.` : detail} {ended || faults.length > 0 ? null : fix}
			</Notice>
		</div>
	);
}
