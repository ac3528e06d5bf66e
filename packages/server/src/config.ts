import { resolve } from "node:path";
import { isApiKey } from "./accounts/api-key-form.ts";
import { type Environment, EnvironmentReader } from "./config-environment.ts";
import { type MailConfig, mailConfig } from "./config-mail.ts";
import { type OAuthConfig, oauthConfig } from "./config-oauth.ts";
import { type PaymentsConfig, paymentsConfig } from "./config-payments.ts";
import {
	databaseAddress,
	hostName,
	KEYS_FIX,
	type KeyringKey,
	keyring,
	oneOf,
	privateHost,
	trustedProxies,
	WrongValue,
	webAddress,
	webOrigin,
} from "./config-values.ts";

export { ConfigError, type ConfigFault, type Environment } from "./config-environment.ts";
export type { OAuthSettings } from "./config-oauth.ts";
export type { KeyringKey };

export type Role = "api" | "worker";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** The environment, validated. Made by `loadConfig`; docs/configuration.md describes every variable. */
export interface Config {
	readonly port: number;
	readonly host: string;
	/** Public address, without a path. */
	readonly url: URL;
	/** Absolute. */
	readonly dataDir: string;
	/** Null: the embedded database. */
	readonly databaseUrl: string | null;
	/** First one seals. Null: the key file of the data folder. */
	readonly keys: readonly KeyringKey[] | null;
	readonly roles: readonly Role[];
	readonly admin: AdminConfig;
	readonly signup: "closed" | "open" | "invite";
	/** Host names, `host:port`, addresses or CIDR ranges, lower case. */
	readonly allowedPrivateHosts: readonly string[];
	readonly pollIntervalSeconds: number;
	/** Origins as in an `Origin` header. */
	readonly returnOrigins: readonly string[];
	/** False, the number of proxies in front, or their addresses and CIDR ranges (Fastify's `trustProxy`). */
	readonly trustProxy: false | number | string[];
	readonly logLevel: LogLevel;
	readonly icloudUrl: URL;
	/** Providers that are signed in to by OAuth. */
	readonly oauth: OAuthConfig;
	/** Null: Kalends sends no mail. */
	readonly mail: MailConfig | null;
	readonly payments: PaymentsConfig;
}

/** Who is made at start when missing; all null when the first account is to be made in the browser. */
export interface AdminConfig {
	readonly email: string | null;
	readonly password: string | null;
	readonly apiKey: string | null;
}

const LOG_LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const API_KEY_LENGTH = 24;
const PASSWORD_LENGTH = 8;

/**
 * Reads the variables of docs/configuration.md; an empty one counts as unset.
 * @throws ConfigError listing every fault with its fix.
 */
export function loadConfig(environment: Environment): Config {
	const env = new EnvironmentReader(environment);
	const port = env.integer("PORT", 3000, 1, 65_535);
	const databaseUrl = env.parsed("DATABASE_URL", databaseAddress);
	const keys = env.parsed("KALENDS_KEYS", keyring);
	if (databaseUrl !== null && keys === null && !env.isFaulty("KALENDS_KEYS")) {
		env.fault("KALENDS_KEYS", "is missing, and with DATABASE_URL there is no key file to use instead", KEYS_FIX);
	}
	const url = env.parsed("KALENDS_URL", webOrigin) ?? new URL(`http://localhost:${port}`);
	const config: Config = {
		port,
		host: env.parsed("HOST", hostName) ?? "127.0.0.1",
		url,
		dataDir: resolve(env.text("KALENDS_DATA_DIR") ?? ".kalends"),
		databaseUrl,
		keys,
		roles: env.list("KALENDS_ROLES", (item) => oneOf<Role>(item, ["api", "worker"])) ?? ["api", "worker"],
		admin: adminAccount(env),
		signup: env.parsed("KALENDS_SIGNUP", (text) => oneOf(text, ["closed", "open", "invite"])) ?? "closed",
		allowedPrivateHosts: env.list("KALENDS_ALLOWED_PRIVATE_HOSTS", privateHost) ?? [],
		pollIntervalSeconds: env.integer("KALENDS_POLL_INTERVAL", 60, 1, 86_400),
		returnOrigins: env.list("KALENDS_RETURN_ORIGINS", (item) => webOrigin(item).origin) ?? [],
		trustProxy: env.parsed("TRUST_PROXY", trustedProxies) ?? false,
		logLevel: env.parsed("LOG_LEVEL", (text) => oneOf(text, LOG_LEVELS)) ?? "info",
		icloudUrl: env.parsed("ICLOUD_URL", webAddress) ?? new URL("https://caldav.icloud.com"),
		oauth: oauthConfig(env),
		mail: mailConfig(env, url.hostname),
		payments: paymentsConfig(env),
	};
	env.throwFaults();
	return config;
}

function adminAccount(env: EnvironmentReader): AdminConfig {
	const email = env.parsed("KALENDS_ADMIN_EMAIL", (text) => {
		if (/^[^\s@]+@[^\s@]+$/.test(text)) return text;
		throw new WrongValue(`is "${text}"`, "Set an e-mail address such as me@example.com.");
	});
	const password = env.parsed("KALENDS_ADMIN_PASSWORD", (text) => {
		if (text.length >= PASSWORD_LENGTH && text.length <= 128) return text;
		throw new WrongValue("has a wrong length", `Set a password of ${PASSWORD_LENGTH} to 128 characters.`);
	});
	const apiKey = env.parsed("KALENDS_ADMIN_API_KEY", (text) => {
		if (text.length >= API_KEY_LENGTH && isApiKey(text)) return text;
		throw new WrongValue(
			"is not a key",
			`Set a string of ${API_KEY_LENGTH} to 512 letters, digits and signs that begins with kal_, for example kal_ and 32 random letters.`,
		);
	});
	const waysIn = ["KALENDS_ADMIN_PASSWORD", "KALENDS_ADMIN_API_KEY"];
	if (env.text("KALENDS_ADMIN_EMAIL") !== null && waysIn.every((variable) => env.text(variable) === null)) {
		env.fault(
			"KALENDS_ADMIN_PASSWORD",
			"is missing beside KALENDS_ADMIN_EMAIL",
			"Set it, or KALENDS_ADMIN_API_KEY, or leave the address out.",
		);
	}
	for (const variable of waysIn) {
		if (env.text(variable) !== null && env.text("KALENDS_ADMIN_EMAIL") === null) {
			env.fault(variable, "needs KALENDS_ADMIN_EMAIL", "Set the e-mail address of the first account too.");
		}
	}
	return { email, password, apiKey };
}
