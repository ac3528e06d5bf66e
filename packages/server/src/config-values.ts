import { isIP } from "node:net";
import { AllowListError, parseAllowList } from "./egress/allow-list.ts";

/** A wrong value: what is the matter with it (continues the variable's name), and what to write instead. */
export class WrongValue extends Error {
	readonly fix: string;

	constructor(problem: string, fix: string) {
		super(problem);
		this.fix = fix;
	}
}

/** One key of the keyring: 32 bytes for AES-256-GCM, under an id that every envelope names. */
export interface KeyringKey {
	readonly id: string;
	readonly key: Buffer;
}

export const KEYS_FIX =
	'Make one with: node -e \'console.log("k1:" + require("crypto").randomBytes(32).toString("base64"))\' and keep a copy of it: without it the stored credentials are lost.';

/** `id:base64 of 32 bytes`, comma-separated, the sealing one first. Messages never repeat the key. */
export function keyring(text: string): readonly KeyringKey[] {
	const keys = text
		.split(",")
		.map((item) => item.trim())
		.filter((item) => item !== "")
		.map(keyringKey);
	const repeated = keys.find((entry, index) => keys.findIndex((other) => other.id === entry.id) !== index);
	if (repeated !== undefined)
		throw new WrongValue(`holds two keys with the id "${repeated.id}"`, "Give each its own id.");
	if (keys.length === 0) throw new WrongValue("holds no key", KEYS_FIX);
	return keys;
}

function keyringKey(item: string, index: number): KeyringKey {
	const match = /^([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(item);
	const [, id, encoded] = match ?? [];
	const key = Buffer.from(encoded ?? "", "base64");
	if (id !== undefined && key.length === 32) return { id, key };
	throw new WrongValue(`has a key (number ${index + 1}) that is not "id:base64 of 32 bytes"`, KEYS_FIX);
}

export function oneOf<T extends string>(text: string, allowed: readonly T[]): T {
	const found = allowed.find((value) => value === text.toLowerCase());
	if (found !== undefined) return found;
	throw new WrongValue(`holds "${text}"`, `Use ${new Intl.ListFormat("en", { type: "disjunction" }).format(allowed)}.`);
}

export function databaseAddress(text: string): string {
	const url = URL.parse(text);
	if (url === null || !["postgres:", "postgresql:"].includes(url.protocol)) {
		throw new WrongValue(
			"is not a PostgreSQL address",
			"Set one such as postgres://host:5432/database, with user:password@ before the host, or leave it out for the embedded database.",
		);
	}
	// Then a part of the password would be taken for the host, and shown.
	if (`${url.pathname}${url.search}${url.hash}`.includes("@")) {
		throw new WrongValue(
			"has an @ behind the host, perhaps as its password has special characters",
			"Percent-encode those of the user and the password: %40 for @, %2F for /, %3F for ?, %23 for #.",
		);
	}
	return text;
}

export function hostName(text: string): string {
	if (isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return text;
	throw new WrongValue(`is "${text}"`, "Set the address to listen on, such as 127.0.0.1 or 0.0.0.0.");
}

export function webAddress(text: string): URL {
	const url = URL.parse(text);
	if (url !== null && ["http:", "https:"].includes(url.protocol) && url.username === "" && url.password === "")
		return url;
	throw new WrongValue(
		"is not a web address",
		"Set one such as https://calendar.example.com, without user and password.",
	);
}

export function webOrigin(text: string): URL {
	const url = webAddress(text);
	if (url.pathname === "/" && url.search === "" && url.hash === "") return url;
	throw new WrongValue(`has a path ("${url.pathname}${url.search}${url.hash}")`, `Set ${url.origin} alone.`);
}

/** An entry of the allow-list, lower case. */
export function privateHost(text: string): string {
	try {
		parseAllowList([text]);
		return text.toLowerCase();
	} catch (error) {
		if (!(error instanceof AllowListError)) throw error;
		throw new WrongValue(
			`holds "${text}"`,
			"Use host names, host:port or ranges such as 192.168.1.0/24, separated by commas.",
		);
	}
}

export function trustedProxies(text: string): false | number | string[] {
	const word = text.toLowerCase();
	if (["off", "false", "no", "0"].includes(word)) return false;
	// Only the nearest proxy: trusting every hop would let a client choose its own address.
	if (["on", "true", "yes"].includes(word)) return 1;
	if (/^\d{1,2}$/.test(word)) return Number(word);
	const proxies = text.split(",").map((item) => item.trim());
	if (proxies.every((item) => isIP(item) !== 0 || isRange(...splitRange(item)))) return proxies;
	throw new WrongValue(
		`is "${text}"`,
		"Use off, on (one proxy in front), the number of proxies, or their addresses and CIDR ranges, separated by commas.",
	);
}

function splitRange(text: string): [string, string] {
	const [address = "", prefix = ""] = text.split("/");
	return [address, prefix];
}

function isRange(address: string, prefix: string): boolean {
	const family = isIP(address);
	if (family === 0 || !/^\d{1,3}$/.test(prefix)) return false;
	return Number(prefix) <= (family === 4 ? 32 : 128);
}
