const SECRET = [
	"access_token",
	"code",
	"token",
	"client_secret",
	"refresh_token",
	"id_token",
	"code_verifier",
	"state",
];

/** Path and query with what is secret left out, for the list of requests. */
export function withoutSecrets(url: URL): string {
	const query = new URLSearchParams(url.search);
	for (const name of SECRET) if (query.has(name)) query.set(name, "…");
	const text = query.toString();
	return text === "" ? url.pathname : `${url.pathname}?${text}`;
}
