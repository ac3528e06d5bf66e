import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const KEY = `k1:${randomBytes(32).toString("base64")}`;

function faultsOf(environment: Record<string, string>): ConfigError {
	try {
		loadConfig(environment);
	} catch (error) {
		if (error instanceof ConfigError) return error;
		throw error;
	}
	throw new Error("the configuration was accepted");
}

test("nothing set gives the documented defaults", () => {
	const config = loadConfig({});
	expect(config).toEqual({
		port: 3000,
		host: "127.0.0.1",
		url: new URL("http://localhost:3000"),
		dataDir: resolve(".kalends"),
		databaseUrl: null,
		keys: null,
		roles: ["api", "worker"],
		admin: { email: null, password: null, apiKey: null },
		signup: "closed",
		allowedPrivateHosts: [],
		pollIntervalSeconds: 60,
		returnOrigins: [],
		trustProxy: false,
		logLevel: "info",
		icloudUrl: new URL("https://caldav.icloud.com"),
		oauth: {
			google: {
				client: null,
				issuer: new URL("https://accounts.google.com"),
				apiUrl: new URL("https://www.googleapis.com"),
				endpoints: { authorization: null, token: null, revocation: null, userinfo: null },
			},
			microsoft: {
				client: null,
				issuer: new URL("https://login.microsoftonline.com/common/v2.0"),
				apiUrl: new URL("https://graph.microsoft.com"),
				endpoints: { authorization: null, token: null, revocation: null, userinfo: null },
			},
		},
		mail: null,
		payments: { stripeMode: null, stripeWebhookSecret: null, paymentsWebhookSecret: null },
	});
});

test("an empty variable counts as unset", () => {
	expect(loadConfig({ PORT: "", KALENDS_URL: " ", KALENDS_ROLES: "" })).toEqual(loadConfig({}));
});

test("the public address follows the port unless it is given", () => {
	expect(loadConfig({ PORT: "8080" }).url.href).toBe("http://localhost:8080/");
	expect(loadConfig({ PORT: "8080", KALENDS_URL: "https://cal.example.com" }).url.href).toBe(
		"https://cal.example.com/",
	);
});

test("good values are read", () => {
	const config = loadConfig({
		DATABASE_URL: "postgres://u:p@db/kalends",
		KALENDS_KEYS: `${KEY}, old:${randomBytes(32).toString("base64")}`,
		KALENDS_ROLES: "worker",
		KALENDS_ADMIN_EMAIL: "me@example.com",
		KALENDS_ADMIN_PASSWORD: "correct horse",
		KALENDS_ADMIN_API_KEY: "kal_0123456789abcdefghij",
		KALENDS_SIGNUP: "invite",
		KALENDS_ALLOWED_PRIVATE_HOSTS: "Radicale.lan, nas:5232,192.168.1.0/24,::1,fd00::/8,127.0.0.1:5232",
		KALENDS_RETURN_ORIGINS: "https://app.example.com,http://localhost:5173",
		TRUST_PROXY: "10.0.0.0/8,::1",
		LOG_LEVEL: "debug",
	});
	expect(config.keys?.map((entry) => [entry.id, entry.key.length])).toEqual([
		["k1", 32],
		["old", 32],
	]);
	expect(config.roles).toEqual(["worker"]);
	expect(config.allowedPrivateHosts).toEqual([
		"radicale.lan",
		"nas:5232",
		"192.168.1.0/24",
		"::1",
		"fd00::/8",
		"127.0.0.1:5232",
	]);
	expect(config.returnOrigins).toEqual(["https://app.example.com", "http://localhost:5173"]);
	expect(config.trustProxy).toEqual(["10.0.0.0/8", "::1"]);
});

test("every wrong value is named at once, with its fix", () => {
	const wrong = {
		PORT: "http",
		HOST: "not a host",
		KALENDS_URL: "https://example.com/sub",
		DATABASE_URL: "mysql://db",
		KALENDS_KEYS: "k1:c2hvcnQ=",
		KALENDS_ROLES: "api,chef",
		KALENDS_ADMIN_EMAIL: "nobody",
		KALENDS_ADMIN_PASSWORD: "short",
		KALENDS_ADMIN_API_KEY: "kal_short",
		KALENDS_SIGNUP: "maybe",
		KALENDS_ALLOWED_PRIVATE_HOSTS: "http://nas/",
		KALENDS_POLL_INTERVAL: "0",
		KALENDS_RETURN_ORIGINS: "*",
		TRUST_PROXY: "perhaps",
		LOG_LEVEL: "loud",
		ICLOUD_URL: "caldav.icloud.com",
	};
	const error = faultsOf(wrong);
	expect(error.faults.map((fault) => fault.variable).toSorted()).toEqual(Object.keys(wrong).toSorted());
	for (const fault of error.faults) {
		expect(error.message).toContain(fault.variable);
		expect(error.message).toContain(fault.fix);
	}
});

test.each([
	["KALENDS_KEYS", { KALENDS_KEYS: "k1:very-secret-key" }, "very-secret-key"],
	["DATABASE_URL", { DATABASE_URL: "http://u:very-secret@db" }, "very-secret"],
	["DATABASE_URL", { DATABASE_URL: "postgres://u:a@very/secret@db/kalends" }, "very"],
	["DATABASE_URL", { DATABASE_URL: "postgres://u:a#very-secret@db/kalends" }, "very"],
	["KALENDS_ADMIN_API_KEY", { KALENDS_ADMIN_API_KEY: "very-secret" }, "very-secret"],
	["KALENDS_ADMIN_PASSWORD", { KALENDS_ADMIN_PASSWORD: "secret" }, "is secret"],
])("a wrong %s is not repeated in the message", (variable, environment, secret) => {
	const error = faultsOf(environment);
	expect(error.faults.map((fault) => fault.variable)).toContain(variable);
	expect(error.message).not.toContain(secret);
});

test("a database server needs keys from the environment", () => {
	const error = faultsOf({ DATABASE_URL: "postgres://db/kalends" });
	expect(error.faults.map((fault) => fault.variable)).toEqual(["KALENDS_KEYS"]);
	expect(loadConfig({ DATABASE_URL: "postgres://db/kalends", KALENDS_KEYS: KEY }).databaseUrl).not.toBeNull();
});

test("two keys with one id are refused", () => {
	expect(faultsOf({ KALENDS_KEYS: `${KEY},${KEY}` }).message).toContain('two keys with the id "k1"');
});

test("the parts of the first account need each other", () => {
	expect(faultsOf({ KALENDS_ADMIN_EMAIL: "me@example.com" }).faults[0]?.variable).toBe("KALENDS_ADMIN_PASSWORD");
	const keyOnly = { KALENDS_ADMIN_EMAIL: "me@example.com", KALENDS_ADMIN_API_KEY: "kal_0123456789abcdefghij" };
	expect(loadConfig(keyOnly).admin.password).toBeNull();
	expect(faultsOf({ KALENDS_ADMIN_API_KEY: "kal_0123456789abcdefghij" }).message).toContain(
		"needs KALENDS_ADMIN_EMAIL",
	);
});

test.each([
	["off", false],
	["on", 1],
	["2", 2],
	["10.0.0.1", ["10.0.0.1"]],
] as const)("TRUST_PROXY=%s", (text, expected) => {
	expect(loadConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
});
