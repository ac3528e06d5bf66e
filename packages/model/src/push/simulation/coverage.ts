/** What has to happen at least once over a whole run of seeds; else the simulation has stopped testing it. */
export const SOMETIMES = [
	// Faults.
	"request lost",
	"answer lost",
	"request duplicated",
	"request delayed",
	"delayed request arrived",
	"server error",
	"rate limited",
	"refused",
	"signed out",
	"worker killed",
	"pull killed",
	"claim expired while held",
	"etag churned",
	"cursor expired",
	"body rewritten",
	"answer without etag",
	"listing without etag",
	// Branches of planning.
	"created",
	"updated",
	"removed",
	"read before writing",
	"looked up before creating again",
	"found what an earlier attempt created",
	"written already",
	"written against a new etag",
	"precondition failed",
	"merged without conflict",
	"field lost",
	"edit of deleted lost",
	"deletion of edited lost",
	"deleted already",
	"deletion goes on although guests answered",
	"waited for the cut",
	"new series after the cut",
	"new series dropped",
	"new series failed with the cut",
	"cut put back",
	"cut not put back",
	"claims spent on exchanges",
	"failed intent retried",
	"failed intent edited",
	// Pulls.
	"pull rebased",
	"pull settled an intent",
	"pull settled a create",
	"pull took a claim away",
	"create overtaken by a pull",
	"claim was gone before sending",
	"undone there",
	"answer for a claim taken away",
	"pull read anew what it had read before our write",
	"pull read anew what it had found gone",
	"gone row kept out of an older pull",
	"gone row forgotten",
	"pull refused by its fence",
	"full pull",
	"full pull found something gone",
	"answer rebased later intents",
	// Edits.
	"slots withdrawn",
	"edit changed an unsent intent",
	"edit behind a sent intent",
	"edited on both sides",
	"deleted on both sides",
] as const;

/** The same of what is moved between calendars. */
export const SOMETIMES_MOVED = [
	"copied",
	"moved by the provider",
	"moved on before it was sent",
	"deletion of what had begun to move",
	"deletion let go by the copy",
	"deletion given up with the copy",
	"refused move shown where it was",
	"refused move tried again",
	"refused intent replaced",
	"sent as if for the first time",
	"unfinished creation finished",
	"deleted since it was made",
	"pull passed over what is half made",
	"moved there",
] as const;

/** What few seeds do. */
const SELDOM = ["double removed", "gone row replaced", "change of what was made refused"] as const;

export type Sometimes = (typeof SOMETIMES | typeof SOMETIMES_MOVED | typeof SELDOM)[number];

export class Coverage {
	readonly counts = new Map<Sometimes, number>();

	hit(name: Sometimes): void {
		this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
	}

	add(other: Coverage): void {
		for (const [name, count] of other.counts) this.counts.set(name, (this.counts.get(name) ?? 0) + count);
	}

	missing(names: readonly Sometimes[] = SOMETIMES): Sometimes[] {
		return names.filter((name) => !this.counts.has(name));
	}
}
