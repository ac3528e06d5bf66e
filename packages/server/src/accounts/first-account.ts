import { randomInt } from "node:crypto";
import { isIP } from "node:net";
import type { Kysely } from "kysely";
import type { Config } from "../config.ts";
import type { Database } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { secretHashText } from "./secret-hash.ts";
import { hasUsers } from "./users.ts";

/** How the first account comes about; what `kalends start` tells the person. */
export type FirstAccount =
	| { readonly kind: "exists" }
	/** Whoever can reach the server first; it listens on this machine alone. */
	| { readonly kind: "open" }
	| { readonly kind: "code"; readonly code: string };

const IDENTIFIER = "first-account";
const VALID_MS = 7 * 86_400_000;
// Without letters and digits that look alike.
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * To be called at start. Where other machines can reach the server, makes the one-time code to print: each node's
 * code works on every node until the first account exists.
 */
export async function prepareFirstAccount(
	services: Pick<Services, "db" | "config" | "now" | "newId">,
): Promise<FirstAccount> {
	if (await hasUsers(services.db)) return { kind: "exists" };
	if (isLoopback(services.config)) return { kind: "open" };
	const code = Array.from({ length: 3 }, group).join("-");
	const now = services.now();
	await services.db
		.insertInto("verifications")
		.values({
			id: services.newId("vrf"),
			identifier: IDENTIFIER,
			value: secretHashText(code),
			expires_at: new Date(now + VALID_MS),
			created_at: new Date(now),
			updated_at: new Date(now),
		})
		.execute();
	return { kind: "code", code };
}

/**
 * Lets the first account be made, or not.
 * @param asked.host the Host header: where no code is asked for, a page of another name that leads to this machine
 * (DNS rebinding) must not get in
 * @throws Problem `first_account_code_required`, `cross_site_request`
 */
export async function admitFirstAccount(
	db: Kysely<Database>,
	services: Pick<Services, "config" | "now">,
	{ code, host }: { readonly code: string | undefined; readonly host: string | undefined },
): Promise<void> {
	const { config } = services;
	if (isLoopback(config)) {
		if (isOwnHost(config, host)) return;
		throw new Problem(
			"cross_site_request",
			`The first account cannot be made at the address ${host ?? "of no name"}.`,
			{
				fix: `Open http://localhost:${config.port} instead; if this address is right, start the server with it as KALENDS_URL.`,
			},
		);
	}
	const fix = "Use the one-time code that the server printed when it started; start it anew for a new code.";
	if (code === undefined) {
		throw new Problem("first_account_code_required", "The first account can be made only by who started the server.", {
			fix,
		});
	}
	const used = await db
		.selectFrom("verifications")
		.select("id")
		.where("identifier", "=", IDENTIFIER)
		.where("value", "=", secretHashText(code.trim().toUpperCase()))
		.where("expires_at", ">", new Date(services.now()))
		.executeTakeFirst();
	if (used === undefined) {
		throw new Problem("first_account_code_required", "This is not the server's one-time code, or it has expired.", {
			fix,
		});
	}
}

/** None is needed any more. */
export async function dropFirstAccountCodes(db: Kysely<Database>): Promise<void> {
	await db.deleteFrom("verifications").where("identifier", "=", IDENTIFIER).execute();
}

/** Only this machine itself can reach the server. */
export function isLoopback(config: Pick<Config, "host">): boolean {
	return isLoopbackName(config.host);
}

function isOwnHost(config: Pick<Config, "url">, host: string | undefined): boolean {
	const asked = URL.parse(`http://${host}`);
	if (host === undefined || asked === null) return false;
	return asked.hostname === config.url.hostname || isLoopbackName(asked.hostname.replace(/^\[|\]$/g, ""));
}

function isLoopbackName(name: string): boolean {
	if (isIP(name) === 4) return name.startsWith("127.");
	return name === "::1" || name === "localhost";
}

function group(): string {
	return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
