import { KalendsError } from "@kalends/client";

export interface Reason {
	readonly detail: string;
	readonly fix: string | null;
}

/** What the API says of a failure; of faulty fields, what is wrong with each. */
export function reasonOf(error: unknown): Reason {
	if (!(error instanceof KalendsError))
		return { detail: error instanceof Error ? error.message : String(error), fix: null };
	const faults = Object.values(error.fields).join(" ");
	return { detail: isFault(error) && faults !== "" ? faults : error.detail, fix: error.fix };
}

/** What a form has to say beside its fields. */
export function isFault(error: unknown): error is KalendsError {
	return error instanceof KalendsError && error.code === "invalid_request";
}

/** Somebody else changed or deleted it meanwhile. */
export function isConflict(error: unknown): error is KalendsError {
	return error instanceof KalendsError && ["precondition_failed", "conflict", "not_found"].includes(error.code);
}

/** The event keeps what was sent and shows that it failed. */
export function isRefused(error: unknown): error is KalendsError {
	return error instanceof KalendsError && error.code === "provider_refused";
}

/** The session ended: it is asked for in place, and what was wanted can then be sent again. */
export function isSignedOut(error: unknown): boolean {
	return error instanceof KalendsError && error.status === 401;
}

/** The server said no: nothing of what was sent has happened. Without an answer that is not known. */
export function isDenied(error: unknown): boolean {
	if (!(error instanceof KalendsError) || error.code === "request_in_progress") return false;
	return error.status >= 400 && error.status < 500;
}
