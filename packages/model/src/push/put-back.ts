import type { ResourceEvents } from "../merge/lost-edit.ts";
import { mergeResource } from "../merge/merge-resource.ts";
import type { PushExchange } from "./push-types.ts";

/** What a series was before and after `following` cut it, of which the new series waits for the cut. */
export interface SeriesCut {
	readonly before: NonNullable<ResourceEvents>;
	readonly after: NonNullable<ResourceEvents>;
}

/**
 * The old series whole again, as its new part was refused for good: the cut taken back, with all that was changed since.
 * Null where that cannot be had, as it is gone, or was changed just where it was cut: then it stays as it is.
 */
export function putBack({ before, after }: SeriesCut, shown: ResourceEvents): ResourceEvents {
	if (shown === null) return null;
	const { events, lost } = mergeResource({ base: after, local: before, remote: shown });
	return lost.length > 0 ? null : events;
}

/**
 * Does the refusal of this exchange say that what was to be made is not there? One that was found already, or could not be
 * looked up, may be, and with the old series put back everything after the cut would be there twice.
 */
export function refusesToMake({ type }: PushExchange): boolean {
	return type === "create" || type === "move";
}
