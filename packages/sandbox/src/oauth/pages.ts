import { escapeHtml } from "../http/web.ts";
import type { Account } from "../world/account.ts";
import type { AuthorizationFault } from "./authorization-request.ts";
import { labelOf, SIGN_IN_SCOPES } from "./scopes.ts";
import type { AuthorizationRequest } from "./state.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #c4c7c5; --soft: #5f6368; --main: #0b57d0; --on-main: #fff; --card: #fff; --page: #f0f4f9; --text: #1f1f1f; }
@media (prefers-color-scheme: dark) { :root { --line: #5f6368; --soft: #c4c7c5; --main: #a8c7fa; --on-main: #062e6f; --card: #1b1b1d; --page: #0e0e10; --text: #e3e3e3; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; min-height: 100vh; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem; background: var(--card); border-radius: 1.5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; font-size: 1.6rem; font-weight: 500; line-height: 1.25; }
p { margin: .5rem 0; }
.brand { margin: 0 0 1.5rem; color: var(--soft); }
.soft { color: var(--soft); font-size: .9rem; }
ul { list-style: none; margin: 1rem 0; padding: 0; }
fieldset { border: 0; margin: 1rem 0; padding: 0; }
legend { padding: 0; margin-bottom: .5rem; }
li { border-top: 1px solid var(--line); }
li:last-child { border-bottom: 1px solid var(--line); }
label { display: flex; gap: .75rem; padding: .75rem .25rem; cursor: pointer; }
label input { flex: none; inline-size: 1.15rem; block-size: 1.15rem; margin: .2rem 0 0; accent-color: var(--main); }
button { font: inherit; color: inherit; cursor: pointer; min-height: 2.75rem; border-radius: 1.375rem; border: 1px solid var(--line); background: none; padding: .5rem 1.5rem; }
button.main { background: var(--main); border-color: var(--main); color: var(--on-main); }
button.account { display: block; width: 100%; border: 0; border-radius: .5rem; text-align: start; padding: .75rem .5rem; }
button.account:hover { background: var(--page); }
button.account span { display: block; color: var(--soft); font-size: .9rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
pre { white-space: pre-wrap; border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
`;

function page(title: string, content: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="brand">Sandbox of Google Accounts. No account here is real.</p>
${content}
</main>
</body>
</html>
`;
}

const clientName = ({ client }: AuthorizationRequest): string => client.name ?? client.clientId;

const hidden = (name: string, value: string): string =>
	`<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;

const form = (consent: string, content: string): string =>
	`<form method="post" action="/signin/oauth/consent">${hidden("consent", consent)}${content}</form>`;

/** Which account it is to be. */
export function chooserPage(consent: string, asked: AuthorizationRequest, accounts: readonly Account[]): string {
	const choices = accounts.map(
		({ email, name }) =>
			`<li><button class="account" name="account" value="${escapeHtml(email)}">${escapeHtml(name)}<span>${escapeHtml(email)}</span></button></li>`,
	);
	const list =
		choices.length === 0
			? "<p>There are no accounts. Make one by the control page at /_sandbox.</p>"
			: `<ul>${choices.join("")}</ul>`;
	return page(
		"Choose an account",
		`<h1>Choose an account</h1>
<p>to continue to <strong>${escapeHtml(clientName(asked))}</strong></p>
${form(consent, `${list}<div class="row"><button name="do" value="cancel">Cancel</button></div>`)}`,
	);
}

/** What the client may do: a box for each scope, ticked; what only identifies the person has none. */
export function consentPage(
	consent: string,
	asked: AuthorizationRequest,
	account: Account,
	{ granted, several }: { readonly granted: ReadonlySet<string>; readonly several: boolean },
): string {
	const name = escapeHtml(clientName(asked));
	const optional = asked.scopes.filter((scope) => !SIGN_IN_SCOPES.includes(scope));
	const open = optional.filter((scope) => !granted.has(scope));
	const had = optional.filter((scope) => granted.has(scope));
	const boxes = open.map(
		(scope) =>
			`<li><label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked><span>${escapeHtml(labelOf(scope))}</span></label></li>`,
	);
	const choices =
		open.length === 0
			? ""
			: `<fieldset><legend>Select what <strong>${name}</strong> can access</legend><ul>${boxes.join("")}</ul></fieldset>`;
	const already =
		had.length === 0
			? ""
			: `<p>${name} already has some access:</p><ul>${had.map((scope) => `<li><p>${escapeHtml(labelOf(scope))}</p></li>`).join("")}</ul>`;
	const other = several ? `<div class="row">${form(consent, "<button>Use another account</button>")}</div>` : "";
	return page(
		`${clientName(asked)} wants access to your Google Account`,
		`<h1>${name} wants access to your Google Account</h1>
<p>${escapeHtml(account.name)} (${escapeHtml(account.email)})</p>
<p class="soft">${name} will know who you are: your name and address, as far as it asks for them.</p>
${form(
	consent,
	`${hidden("account", account.email)}${choices}${already}
<p class="soft">You can take this back at any time. It leads to ${escapeHtml(new URL(asked.redirectUri).host)}.</p>
<div class="row"><button class="main" name="do" value="allow">Allow</button><button name="do" value="cancel">Cancel</button></div>`,
)}
${other}`,
	);
}

/** Google's page for requests that it does not send back to the client. */
export function refusalPage({ status, error, detail, facts }: AuthorizationFault): string {
	const list = facts.map(([name, value]) => `${escapeHtml(name)}=${escapeHtml(value)}`).join("\n");
	const details = list === "" ? "" : `<p>Request details:</p><pre>${list}</pre>`;
	return page(
		`Error ${status}: ${error}`,
		`<h1>Access blocked: this app’s request is invalid</h1>
<p>You can’t sign in because this app sent an invalid request.</p>
<p><strong>Error ${status}: ${escapeHtml(error)}</strong></p>
<p>${escapeHtml(detail)}</p>
${details}`,
	);
}
