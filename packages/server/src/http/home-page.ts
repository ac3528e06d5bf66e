import type { FastifyInstance } from "fastify";

const STYLE = `:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid color-mix(in srgb, currentcolor 25%, transparent); border-radius: 0.5rem; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
`;

const SIGN_UP = `curl -c cookies.txt -H 'Content-Type: application/json' \\
  -d '{"email": "me@example.com", "password": "a long password"}' \\
  ORIGIN/api/auth/sign-up/email`;

const MAKE_KEY = `curl -b cookies.txt -H 'Origin: ORIGIN' -H 'Content-Type: application/json' \\
  -d '{"name": "my key", "scopes": ["read", "write"]}' \\
  ORIGIN/v1/api-keys`;

/** `/`: what this is, and how to begin. */
export function registerHomePage(app: FastifyInstance, url: URL): void {
	const page = homePage(url.origin);
	const hidden = { schema: { hide: true } as object };
	app.get("/", hidden, (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
	app.get("/kalends.css", hidden, (_request, reply) =>
		reply.type("text/css; charset=utf-8").header("cache-control", "public, max-age=3600").send(STYLE),
	);
}

function homePage(origin: string): string {
	const command = (text: string) => `<pre><code>${escapeHtml(text.replaceAll("ORIGIN", origin))}</code></pre>`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kalends</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/kalends.css">
</head>
<body>
<main>
<h1>Kalends</h1>
<p>This server keeps a synced copy of your calendars, from CalDAV servers, iCloud and ICS feeds, and serves all of them through one API.</p>
<h2>Begin</h2>
<p>Make the first account; it becomes the administrator. Where the server listens for other machines too, add <code>"code"</code> with the one-time code that it printed when it started.</p>
${command(SIGN_UP)}
<p>Then make an API key. It is shown once.</p>
${command(MAKE_KEY)}
<p>The <a href="/docs">API reference</a> says how to connect a calendar and read its events. The same as a document for programs: <a href="/openapi.json">OpenAPI</a>.</p>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
