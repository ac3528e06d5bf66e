import { isKalendsError } from "../../api/query-client.ts";
import { failureOf, Notice } from "../../ui/states.tsx";

interface FailedProps {
	readonly error: unknown;
	/** Fields beside which the form shows what is wrong with them; where that is all, nothing is said here. */
	readonly except?: readonly string[];
}

/** Why a form was not taken; nothing where nothing failed. */
export function Failed({ error, except = [] }: FailedProps) {
	if (error === null || error === undefined) return null;
	const faults = isKalendsError(error) ? Object.keys(error.fields) : [];
	if (faults.length > 0 && faults.every((field) => except.includes(field))) return null;
	const { detail, fix } = failureOf(error);
	return (
		<div role="alert">
			<Notice tone="danger">
				{detail} {fix}
			</Notice>
		</div>
	);
}
