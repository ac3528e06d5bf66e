import { ProviderFailure } from "../../port/failure.ts";
import type { PullPage } from "../../port/provider.ts";
import type { GoogleCursor } from "../settings.ts";
import { pullChanges } from "./delta.ts";
import { pullTimes } from "./free-busy.ts";
import { pullAll } from "./full.ts";
import type { PullScope } from "./scope.ts";

/** Chooses how to find what changed: by sync token, or where there is none that Google knows, by listing all. */
export async function* pullCalendar(scope: PullScope, cursor: GoogleCursor | null): AsyncGenerator<PullPage> {
	const { access } = scope.calendar;
	// Times are read as occurrences, each with an id of its own.
	const isShownAnew = cursor !== null && (cursor.since !== null) !== (access === "free_busy");
	if (access === "free_busy") return yield* pullTimes(scope, cursor?.since ?? null, isShownAnew);
	const isOtherwise = cursor !== null && cursor.access !== null && cursor.access !== access;
	if (cursor?.syncToken == null || isOtherwise) return yield* pullAll(scope, isShownAnew);
	try {
		yield* pullChanges(scope, cursor.syncToken);
	} catch (error) {
		// Before anything was handed on: all is compared with what is stored, so that nothing is wiped.
		if (!(error instanceof ProviderFailure && error.kind === "cursor_expired")) throw error;
		yield* pullAll(scope);
	}
}
