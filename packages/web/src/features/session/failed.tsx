import { useLingui } from "@lingui/react/macro";
import { isKalendsError } from "../../api/query-client.ts";
import { failureOf, Notice } from "../../ui/states.tsx";

interface FailedProps {
	readonly error: unknown;
	/** Fields beside which the form shows what is wrong with them; where that is all, nothing is said here. */
	readonly except?: readonly string[];
}

/** Why a form was not taken; nothing where nothing failed. */
export function Failed({ error, except = [] }: FailedProps) {
	const { t } = useLingui();
	if (error === null || error === undefined) return null;
	const faults = isKalendsError(error) ? Object.keys(error.fields) : [];
	if (faults.length > 0 && faults.every((field) => except.includes(field))) return null;
	const { detail, fix } = failureOf(error);
	// What a program would have to send is nothing to tell a person.
	const ended = isKalendsError(error) && error.code === "unauthenticated";
	return (
		<div role="alert">
			<Notice tone="danger">
				{ended ? t`Your session has ended. Sign in, then try again.` : detail} {ended || faults.length > 0 ? null : fix}
			</Notice>
		</div>
	);
}
