import { readFileSync } from "node:fs";
import type { EnvironmentReader } from "./config-environment.ts";
import { WrongValue, webAddress } from "./config-values.ts";

/** How to sign in to a provider by OAuth 2.0. */
export interface OAuthSettings {
	/** Null: the operator has not registered Kalends with the provider. */
	readonly client: OAuthClientCredentials | null;
	/** Its discovery document (OpenID Connect Discovery 1.0) names the endpoints that are not given here. */
	readonly issuer: URL;
	/** Root of its API. */
	readonly apiUrl: URL;
	readonly endpoints: {
		readonly authorization: URL | null;
		readonly token: URL | null;
		readonly revocation: URL | null;
		readonly userinfo: URL | null;
	};
}

export interface OAuthClientCredentials {
	readonly id: string;
	readonly secret: string;
	/** What the provider's console knows as redirect URIs, where a file of it tells; null: not known. */
	readonly redirectUris: readonly string[] | null;
}

/** How each provider that is signed in to by OAuth is set up, by its id (oauth/registry.ts). */
export const OAUTH_SETTINGS = { google: googleSettings, microsoft: microsoftSettings } as const;

export type OAuthConfig = { readonly [Id in keyof typeof OAUTH_SETTINGS]: OAuthSettings };

export function oauthConfig(env: EnvironmentReader): OAuthConfig {
	const settings = Object.entries(OAUTH_SETTINGS).map(([id, read]) => [id, read(env)] as const);
	return Object.fromEntries(settings) as OAuthConfig;
}

const CONSOLE = "https://console.cloud.google.com/apis/credentials";

/** GOOGLE_* */
function googleSettings(env: EnvironmentReader): OAuthSettings {
	const file = env.parsed("GOOGLE_CLIENT_SECRETS_FILE", clientSecretsFile);
	const given = clientCredentials(env, "GOOGLE", "Copy both from the client's page in the Google Cloud console.");
	if (file !== null && given !== null && (file.id !== given.id || file.secret !== given.secret)) {
		env.fault(
			"GOOGLE_CLIENT_SECRETS_FILE",
			"names another client than GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET",
			"Leave one of them out.",
		);
	}
	return {
		client: file ?? given,
		issuer: env.parsed("GOOGLE_ISSUER", webAddress) ?? new URL("https://accounts.google.com"),
		apiUrl: env.parsed("GOOGLE_API_URL", webAddress) ?? new URL("https://www.googleapis.com"),
		endpoints: {
			authorization: env.parsed("GOOGLE_AUTH_URL", webAddress),
			token: env.parsed("GOOGLE_TOKEN_URL", webAddress),
			revocation: env.parsed("GOOGLE_REVOKE_URL", webAddress),
			userinfo: env.parsed("GOOGLE_USERINFO_URL", webAddress),
		},
	};
}

/** MICROSOFT_* */
function microsoftSettings(env: EnvironmentReader): OAuthSettings {
	const client = clientCredentials(
		env,
		"MICROSOFT",
		"Copy both from the app registration in the Microsoft Entra admin center.",
	);
	const tenant = env.parsed("MICROSOFT_TENANT", tenantName) ?? "common";
	const login = env.parsed("MICROSOFT_LOGIN_URL", webAddress) ?? new URL("https://login.microsoftonline.com");
	return {
		client,
		issuer: new URL(`${login.href.replace(/\/$/, "")}/${tenant}/v2.0`),
		apiUrl: env.parsed("MICROSOFT_API_URL", webAddress) ?? new URL("https://graph.microsoft.com"),
		endpoints: { authorization: null, token: null, revocation: null, userinfo: null },
	};
}

function clientCredentials(
	env: EnvironmentReader,
	prefix: "GOOGLE" | "MICROSOFT",
	fix: string,
): OAuthClientCredentials | null {
	const names = { id: `${prefix}_CLIENT_ID`, secret: `${prefix}_CLIENT_SECRET` };
	const id = env.text(names.id);
	const secret = env.text(names.secret);
	if (id !== null && secret === null) env.fault(names.secret, `is missing beside ${names.id}`, fix);
	if (id === null && secret !== null) env.fault(names.id, `is missing beside ${names.secret}`, fix);
	return id === null || secret === null ? null : { id, secret, redirectUris: null };
}

/** The JSON that the Google Cloud console gives for a client of the type "Web application". Never repeats its content. */
function clientSecretsFile(path: string): OAuthClientCredentials {
	const fix = `Download the JSON of a client of the type "Web application" at ${CONSOLE} and set the path of the file.`;
	const content = parseJson(path, fix);
	const web = property(content, "web");
	if (web === undefined && property(content, "installed") !== undefined) {
		throw new WrongValue(
			`names the file of a client of the type "Desktop app", which cannot sign people in to a server`,
			fix,
		);
	}
	const id = property(web, "client_id");
	const secret = property(web, "client_secret");
	const uris = property(web, "redirect_uris");
	if (typeof id !== "string" || typeof secret !== "string" || id === "" || secret === "") {
		throw new WrongValue("names a file without client_id and client_secret", fix);
	}
	return { id, secret, redirectUris: Array.isArray(uris) ? uris.map(String) : null };
}

function parseJson(path: string, fix: string): unknown {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
		throw new WrongValue(`names a file that cannot be read (${code})`, fix);
	}
	try {
		return JSON.parse(text);
	} catch {
		throw new WrongValue("names a file that is not JSON", fix);
	}
}

function property(value: unknown, name: string): unknown {
	if (typeof value !== "object" || value === null) return undefined;
	return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function tenantName(text: string): string {
	if (/^[A-Za-z0-9][A-Za-z0-9.-]{0,127}$/.test(text)) return text;
	throw new WrongValue(`is "${text}"`, "Set common, organizations, consumers, or the id or domain of a tenant.");
}
