/** How a sandbox is started. Everything has a default: `startSandbox()` is a working, empty Google. */
export interface SandboxOptions {
	/** Address to listen on; 127.0.0.1 unless told. */
	readonly host?: string;
	/** 0, the default, takes a free one. */
	readonly port?: number;
	/** Origin that the sandbox names in its own documents, where clients reach it by another than host and port. */
	readonly publicUrl?: string;
	/** Epoch milliseconds; the machine's clock unless told. */
	readonly now?: () => number;
	/** From 0 up to 1, excluding it: ids, tokens and losses come from it. Cryptographic unless told. */
	readonly random?: () => number;
	/** The OAuth clients; {@link DEFAULT_CLIENT} unless told. */
	readonly clients?: readonly ClientOptions[];
	readonly accounts?: readonly AccountOptions[];
	/** `demo`: two people with a believable week around `now`. */
	readonly seed?: "demo";
	readonly consent?: ConsentPolicy;
	readonly quotas?: Partial<QuotaLimits>;
}

export interface ClientOptions {
	readonly clientId: string;
	readonly clientSecret: string;
	/** Compared byte by byte. */
	readonly redirectUris: readonly string[];
	/** Shown on the consent screen. */
	readonly name?: string;
	/** In testing mode refresh tokens end after seven days. */
	readonly testing?: boolean;
}

export interface AccountOptions {
	readonly email: string;
	readonly name?: string;
	/** IANA; UTC unless told. */
	readonly timeZone?: string;
	/** Of a Google Workspace: `hd` in its id tokens. */
	readonly hostedDomain?: string;
}

/** Who answers the consent screen. */
export type ConsentPolicy =
	/** A person, in the browser. */
	| { readonly mode: "ask" }
	/** The sandbox at once, as the person would. */
	| {
			readonly mode: "allow";
			/** The account; by `login_hint`, else the first, unless told. */
			readonly email?: string;
			/** Scopes that are left out. */
			readonly untick?: readonly string[];
	  }
	/** The sandbox at once: `access_denied` unless told otherwise, e.g. `admin_policy_enforced`. */
	| { readonly mode: "deny"; readonly error?: string };

/** Quota units within any 60 seconds; null: no limit. */
export interface QuotaLimits {
	readonly perMinutePerUser: number | null;
	readonly perMinutePerProject: number | null;
	/** Status of the refusal: Google answers 403 or 429. */
	readonly status: 403 | 429;
}

/** Where Kalends has Google send the browser back to: its own path, then those of its older interfaces. */
export const KALENDS_CALLBACKS: readonly string[] = [
	"/connect/google/callback",
	"/rest/v1/calendar/redirect/",
	"/oauth2callback/",
	"/api/calendar/google/callback/",
];

/** The client that a sandbox knows unless told otherwise. */
export const DEFAULT_CLIENT: ClientOptions = {
	clientId: "sandbox.apps.googleusercontent.com",
	clientSecret: "sandbox-secret",
	redirectUris: ["http://localhost:3000", "http://127.0.0.1:3000"].flatMap((origin) =>
		["/oauth/callback", ...KALENDS_CALLBACKS].map((path) => origin + path),
	),
	name: "Sandbox client",
};
