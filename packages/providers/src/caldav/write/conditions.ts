import { ProviderFailure } from "../../port/failure.ts";
import type { Session } from "../session.ts";
import { type Condition, plainEtag } from "./put.ts";
import { type ResourceState, readState } from "./read.ts";

/** What the resource has to be still for a write to be done; null where the server tells none. */
export type Held = ResourceState;

/**
 * Does a write only where the resource is still as it is held to be. A server's "it has changed" is looked into once:
 * the entity tag may only have been marked by a proxy, or be a weak one, which never matches (RFC 9110 §13.1.1).
 * @throws ProviderFailure `precondition_failed` where it has changed, `not_found` where it is gone
 */
export async function holding<T>(
	session: Session,
	url: URL,
	held: Held,
	write: (condition: Condition) => Promise<T>,
): Promise<T> {
	try {
		return await write(conditionOf(held));
	} catch (error) {
		if (!isPreconditionFailed(error)) throw error;
		const state = await readState(session, url);
		if (state === null) {
			throw new ProviderFailure("not_found", {
				reason: "resource_gone",
				message: `${url.pathname} is not there any more`,
			});
		}
		return await anyOf(alternatives(held, state), error, write);
	}
}

/** The first condition for a write. */
export function conditionOf({ etag, scheduleTag }: Held): Condition {
	if (scheduleTag !== null) return { "if-schedule-tag-match": scheduleTag };
	return etag === null ? {} : { "if-match": etag };
}

/**
 * Conditions under which the same write may be tried again: none where the resource did change. Without a condition
 * only where the server has no tag that could match, and has just told that nothing changed.
 */
export function alternatives(held: Held, state: ResourceState): readonly Condition[] {
	if (held.etag === null || state.etag === null || plainEtag(held.etag) !== plainEtag(state.etag)) return [];
	const isWeak = state.etag.startsWith("W/");
	const tried = conditionOf(held)["if-match"];
	const tags = [...new Set([state.etag, plainEtag(state.etag)])].filter((etag) => etag !== tried);
	return [...tags.map((etag) => ({ "if-match": etag })), ...(isWeak ? [{}] : [])];
}

async function anyOf<T>(
	conditions: readonly Condition[],
	refused: unknown,
	write: (condition: Condition) => Promise<T>,
): Promise<T> {
	let last = refused;
	for (const condition of conditions) {
		try {
			return await write(condition);
		} catch (error) {
			if (!isPreconditionFailed(error)) throw error;
			last = error;
		}
	}
	throw last;
}

function isPreconditionFailed(error: unknown): boolean {
	return error instanceof ProviderFailure && error.kind === "precondition_failed";
}
