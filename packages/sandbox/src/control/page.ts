import type { FaultRule } from "../faults/faults.ts";
import { escapeHtml } from "../http/web.ts";
import type { World } from "../world/world.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --main: #0b57d0; --soft: #5f6368; }
@media (prefers-color-scheme: dark) { :root { --main: #a8c7fa; --soft: #b4b7b5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 70rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.soft { color: var(--soft); }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0; }
label { display: grid; gap: .15rem; font-size: .9rem; }
input, select, button { font: inherit; min-height: 2.5rem; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: none; color: inherit; }
select option { color: initial; }
button { cursor: pointer; border-color: var(--main); color: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: start; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td { max-width: 26rem; overflow-wrap: break-word; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
`;

const SHOWN = 50;

type Cell = string | number | null;

function table(head: readonly string[], rows: readonly (readonly Cell[])[], none: string): string {
	if (rows.length === 0) return `<p class="soft">${none}</p>`;
	const cells = (row: readonly Cell[]): string =>
		row.map((cell) => `<td>${escapeHtml(String(cell ?? ""))}</td>`).join("");
	const heads = head.map((name) => `<th scope="col">${name}</th>`).join("");
	return `<div class="wide" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join("")}</tbody></table></div>`;
}

const form = (action: string, content: string): string =>
	`<form method="post" action="/_sandbox/page"><input type="hidden" name="do" value="${action}">${content}</form>`;

const KINDS: readonly (readonly [string, string])[] = [
	["500 backendError", "500 backendError"],
	["503 backendError", "503 backendError"],
	["403 rateLimitExceeded", "403 rateLimitExceeded"],
	["403 userRateLimitExceeded", "403 userRateLimitExceeded"],
	["403 quotaExceeded", "403 quotaExceeded"],
	["429 rateLimitExceeded", "429 rateLimitExceeded"],
	["401 authError", "401 authError"],
	["410 fullSyncRequired", "410 fullSyncRequired"],
	["lose_answer", "answer lost after it was done"],
	["drop", "connection ends before it is done"],
	["truncate", "JSON cut in the middle"],
	["latency 2000", "answers two seconds late"],
];

/** The page behind `/_sandbox`: what is there, and what can be done to it. */
export function controlPage(world: World): string {
	const accounts = [...world.accounts.values()];
	const options = accounts.map(({ email }) => `<option>${escapeHtml(email)}</option>`).join("");
	const someone = `<label>Account<select name="account"><option value="">everybody</option>${options}</select></label>`;
	const kinds = KINDS.map(([value, label]) => `<option value="${value}">${label}</option>`).join("");
	const { lossRate, delay } = world.push;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox control</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Sandbox of Google Calendar</h1>
<p class="soft">${escapeHtml(world.origin())}, ${new Date(world.clock.now()).toISOString()}. All of this can be done by requests too: see docs/sandbox.md.</p>

<h2>Faults</h2>
${form("fault", `<label>What<select name="kind">${kinds}</select></label><label>Of how many requests, percent<input type="number" name="percent" min="1" max="100" value="30" required></label><label>Whose path has<input name="path" placeholder="/events"></label><button>Add</button>`)}
${faultTable(world.faults.list())}

<h2>Push messages</h2>
${form("push", `<label>Lost, percent<input type="number" name="percent" min="0" max="100" value="${Math.round(lossRate * 100)}" required></label><label>Late by milliseconds<input type="number" name="delay" min="0" max="600000" value="${delay}" required></label><button>Set</button>`)}
${table(
	["At", "Channel", "State", "Answer", "Outcome"],
	[...world.push.deliveries]
		.slice(-10)
		.reverse()
		.map(({ at, channelId, state, status, outcome }) => [timeOf(at), channelId, state, status, outcome]),
	"No message was sent yet.",
)}

<h2>Accounts and consents</h2>
${table(
	["Account", "Name", "Time zone", "Calendars", "Events"],
	accounts.map(({ email, name, timeZone, list }) => [
		email,
		name,
		timeZone,
		list.size,
		world.calendars.get(email)?.events.size ?? 0,
	]),
	"There are no accounts.",
)}
${form("expire-tokens", `${someone}<button>End access tokens</button>`)}
${form("expire-sync-tokens", `${someone}<button>End sync tokens</button>`)}
${form("revoke", `${someone}<button>Take consents back</button>`)}

<h2>Data</h2>
${form("load", `<label>Account<select name="account" required>${options}</select></label><label>Events<input type="number" name="events" min="1" max="200000" value="1000" required></label><label>Seed<input type="number" name="seed" min="1" max="1000000" value="${1 + (world.revisions.current % 1_000_000)}" required></label><button>Load many events</button>`)}
${form("reset", '<button>Back to the beginning</button><span class="soft">data, faults and settings; consents stay</span>')}

<h2>Requests</h2>
${table(
	["At", "Method", "Path", "Account", "Status", "Reason", "Faults"],
	[...world.log.list()]
		.slice(-SHOWN)
		.reverse()
		.map(({ at, method, path, email, status, reason, faults }) => [
			timeOf(at),
			method,
			path,
			email,
			status ?? "not answered",
			reason,
			faults.join(", "),
		]),
	"There was no request yet.",
)}

<h2>Mails</h2>
${table(
	["At", "Kind", "To", "From", "Event"],
	[...world.mails]
		.slice(-SHOWN)
		.reverse()
		.map(({ sentAt, kind, to, from, summary }) => [timeOf(sentAt), kind, to, from, summary]),
	"No mail would have been sent yet.",
)}
</main>
</body>
</html>
`;
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 23);

function faultTable(rules: readonly FaultRule[]): string {
	if (rules.length === 0) return '<p class="soft">None: everything is answered as it should be.</p>';
	const rows = rules.map(({ id, input, struck }) => {
		const { kind, path, method, rate, count } = input;
		const what =
			kind === "status"
				? `${input.status} ${input.reason ?? ""}`
				: kind === "latency"
					? `${input.milliseconds} ms late`
					: kind;
		const where = [method, path].filter((part) => part !== undefined).join(" ") || "everywhere";
		const howMany = `${Math.round((rate ?? 1) * 100)} %${count === undefined ? "" : `, ${count} times at most`}`;
		const remove = form(
			"remove-fault",
			`<input type="hidden" name="id" value="${id}"><button aria-label="Remove ${id}">Remove</button>`,
		);
		return `<tr>${[what, where, howMany, `struck ${struck} times`].map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}<td>${remove}</td></tr>`;
	});
	return `<div class="wide" tabindex="0"><table><tbody>${rows.join("")}</tbody></table></div>${form("clear-faults", "<button>Remove all</button>")}`;
}
