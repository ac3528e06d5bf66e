export type ClientFile =
	| {
			readonly type: "client";
			readonly id: string;
			readonly secret: string;
			readonly redirectUris: readonly string[];
			/** The address that Kalends needs is not among them. */
			readonly lacksRedirectUri: boolean;
	  }
	| { readonly type: "refused"; readonly reason: "not_json" | "desktop" | "incomplete" };

/** What the JSON says that the Google Cloud console gives for a client. */
export function readClientFile(text: string, redirectUri: string): ClientFile {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		return { type: "refused", reason: "not_json" };
	}
	const web = member(content, "web");
	if (web === undefined && member(content, "installed") !== undefined) return { type: "refused", reason: "desktop" };
	const [id, secret, uris] = [member(web, "client_id"), member(web, "client_secret"), member(web, "redirect_uris")];
	if (typeof id !== "string" || typeof secret !== "string" || id === "" || secret === "") {
		return { type: "refused", reason: "incomplete" };
	}
	const redirectUris = Array.isArray(uris) ? uris.map(String) : [];
	return { type: "client", id, secret, redirectUris, lacksRedirectUri: !redirectUris.includes(redirectUri) };
}

function member(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null && Object.hasOwn(value, name)
		? (value as Readonly<Record<string, unknown>>)[name]
		: undefined;
}
