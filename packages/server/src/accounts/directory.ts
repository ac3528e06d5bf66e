import type { Kysely } from "kysely";
import type { ApiKeyScope, Database } from "../db/schema.ts";
import { preferencesOf } from "./preferences.ts";
import { secretHash, secretHashText } from "./secret-hash.ts";

/**
 * The only module that reads without an owner: it finds out who the owner is, by a session's token, an API key, an
 * e-mail address, or for administrators a user's id.
 */

export interface DirectoryUser {
	readonly id: string;
	readonly role: "admin" | "user";
	/** IANA. */
	readonly timeZone: string | null;
	/** At the time asked about. */
	readonly banned: boolean;
}

export interface FoundSession {
	readonly id: string;
	readonly expiresAt: Date;
	readonly user: DirectoryUser;
}

export interface FoundKey {
	readonly id: string;
	readonly scopes: readonly ApiKeyScope[];
	readonly expiresAt: Date | null;
	readonly lastUsedAt: Date | null;
	readonly user: DirectoryUser;
}

export async function sessionByToken(db: Kysely<Database>, token: string, now: number): Promise<FoundSession | null> {
	const row = await db
		.selectFrom("sessions")
		.innerJoin("users", "users.id", "sessions.user_id")
		.select(["sessions.id", "sessions.expires_at", "users.id as user_id", "role", "time_zone", "banned"])
		.select("ban_expires")
		.where("token", "=", secretHashText(token))
		.executeTakeFirst();
	if (row === undefined || row.expires_at.getTime() <= now) return null;
	return { id: row.id, expiresAt: row.expires_at, user: directoryUser(row, now) };
}

/** Expired keys too, so that the answer can say so. */
export async function keyBySecret(db: Kysely<Database>, key: string, now: number): Promise<FoundKey | null> {
	const row = await db
		.selectFrom("api_keys")
		.innerJoin("users", "users.id", "api_keys.user_id")
		.select(["api_keys.id", "scopes", "expires_at", "last_used_at", "users.id as user_id", "role", "banned"])
		.select(["time_zone", "ban_expires"])
		.where("hash", "=", secretHash(key))
		.executeTakeFirst();
	if (row === undefined) return null;
	return {
		id: row.id,
		scopes: row.scopes,
		expiresAt: row.expires_at,
		lastUsedAt: row.last_used_at,
		user: directoryUser(row, now),
	};
}

/** When the key that made a request ends, which may be an administrator's who acts for another user; null: never. */
export async function keyExpiry(db: Kysely<Database>, keyId: string): Promise<Date | null> {
	const row = await db.selectFrom("api_keys").select("expires_at").where("id", "=", keyId).executeTakeFirst();
	return row?.expires_at ?? null;
}

/** Whose key made a request, which may be an administrator's who acts for another user; null where it has gone. */
export async function keyOwner(db: Kysely<Database>, keyId: string): Promise<string | null> {
	const row = await db.selectFrom("api_keys").select("user_id").where("id", "=", keyId).executeTakeFirst();
	return row?.user_id ?? null;
}

export async function userById(db: Kysely<Database>, id: string, now: number): Promise<DirectoryUser | null> {
	const row = await db
		.selectFrom("users")
		.select(["id as user_id", "role", "time_zone", "banned", "ban_expires"])
		.where("id", "=", id)
		.executeTakeFirst();
	return row === undefined ? null : directoryUser(row, now);
}

/** @param email in any case */
export async function userIdByEmail(db: Kysely<Database>, email: string): Promise<string | null> {
	const row = await db.selectFrom("users").select("id").where("email", "=", normalEmail(email)).executeTakeFirst();
	return row?.id ?? null;
}

/** What is known of those of these addresses who have an account here, for mails to them; by address, lower case. */
export async function readersByEmail(
	db: Kysely<Database>,
	emails: readonly string[],
): Promise<ReadonlyMap<string, { readonly timeZone: string | null; readonly locale: string | null }>> {
	if (emails.length === 0) return new Map();
	const rows = await db
		.selectFrom("users")
		.select(["email", "time_zone", "preferences"])
		.where("email", "in", emails.map(normalEmail))
		.execute();
	return new Map(
		rows.map(({ email, time_zone, preferences }) => [
			email,
			{ timeZone: time_zone, locale: preferencesOf(preferences).locale },
		]),
	);
}

/** Who signs in with an account of another provider, by its issuer and subject (OpenID Connect Core §2). */
export async function userIdByAccount(
	db: Kysely<Database>,
	{ issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<string | null> {
	const row = await db
		.selectFrom("accounts")
		.select("user_id")
		.where("provider_id", "=", issuer)
		.where("account_id", "=", subject)
		.executeTakeFirst();
	return row?.user_id ?? null;
}

/** As stored: addresses are compared without regard to case. */
export function normalEmail(email: string): string {
	return email.trim().toLowerCase();
}

function directoryUser(
	row: { user_id: string; role: string; time_zone: string | null; banned: boolean; ban_expires: Date | null },
	now: number,
): DirectoryUser {
	return {
		id: row.user_id,
		role: row.role === "admin" ? "admin" : "user",
		timeZone: row.time_zone,
		banned: row.banned && (row.ban_expires === null || row.ban_expires.getTime() > now),
	};
}
