/** Mistakes that the simulation can be told to make, to show that it would find them. */
export const BUGS = [
	"update without If-Match",
	"remove without If-Match",
	"no lookup before a retry",
	"create again under a new key",
	"attempt not counted before sending",
	"timeout counts as done",
	"gone on update counts as done",
	"refused intent is forgotten",
	"Retry-After ignored",
	"merge ignores what was found",
	"lost edits are not kept",
	"new series does not wait for the cut",
	"new series is made although the cut was lost",
	"new series stays although the old one is put back",
	"settle without checking the fence",
	"rebase leaves the fence",
	"later intents stay on their old base",
	"later intents are sent first",
	"edit changes a sent intent",
	"pull overwrites what has intents",
	"pull rebases the row, not the intents",
	"pull ignores write_seq",
	"pull ignores write_seq of what is gone",
	"deleted rows are forgotten at once",
	"pull does not know our created resources",
	"created resource is not looked at again",
	"worker does not look whether its claim still holds",
	"pull without fence",
	"cursor committed with the first page",
	"absence counts before the last page",
] as const;

/** The same of moves between calendars. */
export const BUGS_OF_MOVES = [
	"deletion does not wait for the copy",
	"what is half made is taken for somebody's event",
	"creation is not known by its key",
	"occurrences that were lost in a move keep the original",
	"what is deleted instead of leaving is not what was seen",
	"a refused change of what was made takes back what was found",
	"a refused creation that may be there is forgotten",
	"a refused move that is tried again takes back what was changed",
] as const;

export type Bug = (typeof BUGS | typeof BUGS_OF_MOVES)[number];
