import { type Kysely, sql, type Transaction } from "kysely";
import type { Database, UsersTable } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import { notFound } from "../http/problem.ts";
import type { Services } from "../services.ts";
import { normalEmail } from "./directory.ts";
import { hashPassword } from "./password.ts";
import { type PreferencesPatch, patchedPreferences } from "./preferences.ts";

export interface NewUser {
	readonly email: string;
	/** Null: nobody can sign in as this user; an administrator's key acts for them. */
	readonly password: string | null;
	/** The part of the address before the @ unless given. */
	readonly name?: string | undefined;
	readonly role?: "admin" | "user" | undefined;
	/** IANA. */
	readonly timeZone?: string | null | undefined;
}

export interface UserChanges {
	readonly name?: string | undefined;
	readonly timeZone?: string | null | undefined;
	readonly role?: "admin" | "user" | undefined;
	readonly banned?: boolean | undefined;
	readonly password?: string | undefined;
	readonly preferences?: PreferencesPatch | undefined;
}

export interface User {
	readonly id: string;
	readonly email: string;
	readonly name: string;
	readonly role: "admin" | "user";
	readonly banned: boolean;
	readonly timeZone: string | null;
	/** As stored; `preferencesOf` reads it. */
	readonly preferences: object;
	readonly createdAt: Date;
}

type Making = Pick<Services, "db" | "now" | "newId">;

/**
 * The one way in which people are made: by sign-up, by administrators, by the command line and at start.
 * @throws Problem `email_taken`; an account that exists is never changed by it
 */
export async function createUser(services: Making, user: NewUser): Promise<User> {
	const passwordHash = user.password === null ? null : await hashPassword(user.password);
	return services.db.transaction().execute((trx) => insertUser(trx, services, { ...user, passwordHash }));
}

/** As `createUser`, inside the caller's transaction and with the hash already made. */
export async function insertUser(
	trx: Transaction<Database>,
	services: Pick<Making, "now" | "newId">,
	user: Omit<NewUser, "password"> & { readonly passwordHash: string | null },
): Promise<User> {
	const now = new Date(services.now());
	const email = normalEmail(user.email);
	const row = await trx
		.insertInto("users")
		.values({
			id: services.newId("usr"),
			email,
			name: user.name ?? email.split("@")[0] ?? email,
			role: user.role ?? "user",
			time_zone: user.timeZone ?? null,
			image: null,
			ban_reason: null,
			ban_expires: null,
			created_at: now,
			updated_at: now,
		})
		.onConflict((conflict) => conflict.column("email").doNothing())
		.returningAll()
		.executeTakeFirst();
	if (row === undefined) {
		throw new Problem("email_taken", "There is already an account with this e-mail address.", {
			fix: "Sign in with it, or use another address.",
			errors: [
				{ field: "email", detail: "An account has this address already: sign in with it, or enter another address." },
			],
		});
	}
	if (user.passwordHash !== null) await setPasswordHash(trx, services, row.id, user.passwordHash);
	return toUser(row);
}

/** @throws Problem not_found */
export async function getUser(db: Kysely<Database>, id: string): Promise<User> {
	const row = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
	if (row === undefined) throw notFound("user");
	return toUser(row);
}

/** @returns up to `limit` users whose id is greater than `after`, by id, which is by age */
export async function listUsers(db: Kysely<Database>, limit: number, after: string | undefined): Promise<User[]> {
	const rows = await db
		.selectFrom("users")
		.selectAll()
		.$if(after !== undefined, (query) => query.where("id", ">", after ?? ""))
		.orderBy("id")
		.limit(limit)
		.execute();
	return rows.map(toUser);
}

/**
 * A banned user's sessions end, and so do all sessions when the password is set anew.
 * @throws Problem not_found, last_admin
 */
export async function updateUser(services: Making, id: string, changes: UserChanges): Promise<User> {
	const passwordHash = changes.password === undefined ? null : await hashPassword(changes.password);
	return services.db.transaction().execute(async (trx) => {
		if (changes.role === "user" || changes.banned === true) await keepAnAdmin(trx, id);
		const preferences = changes.preferences && (await lockedPreferences(trx, id));
		const row = await trx
			.updateTable("users")
			.set({
				updated_at: new Date(services.now()),
				...(changes.name === undefined ? {} : { name: changes.name }),
				...(changes.timeZone === undefined ? {} : { time_zone: changes.timeZone }),
				...(changes.role === undefined ? {} : { role: changes.role }),
				...(changes.preferences === undefined || preferences === undefined
					? {}
					: { preferences: JSON.stringify(patchedPreferences(preferences, changes.preferences)) }),
				...(changes.banned === undefined ? {} : { banned: changes.banned, ban_expires: null }),
			})
			.where("id", "=", id)
			.returningAll()
			.executeTakeFirst();
		if (row === undefined) throw notFound("user");
		if (passwordHash !== null) await setPasswordHash(trx, services, id, passwordHash);
		if (passwordHash !== null || changes.banned === true) {
			await trx.deleteFrom("sessions").where("user_id", "=", id).execute();
		}
		return toUser(row);
	});
}

/**
 * Removes the user with their connections, credentials, calendars, keys and sessions.
 * @param before in the same transaction, while all of it is there
 * @throws Problem not_found, last_admin
 */
export async function deleteUser<T>(
	db: Kysely<Database>,
	id: string,
	before: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
	return db.transaction().execute(async (trx) => {
		await keepAnAdmin(trx, id);
		const kept = await before(trx);
		const gone = await trx.deleteFrom("users").where("id", "=", id).returning("id").executeTakeFirst();
		if (gone === undefined) throw notFound("user");
		return kept;
	});
}

/** Whether the user can sign in with a password. */
export async function hasPassword(db: Kysely<Database>, id: string): Promise<boolean> {
	return (await passwordHashOf(db, id)) !== null;
}

/** What `verifyPassword` takes; null for who signs in with a provider's account only, or not at all. */
export async function passwordHashOf(db: Kysely<Database>, id: string): Promise<string | null> {
	const account = await db
		.selectFrom("accounts")
		.select("password")
		.where("user_id", "=", id)
		.where("provider_id", "=", "credential")
		.executeTakeFirst();
	return account?.password ?? null;
}

/** Serialises what depends on how many accounts or administrators there are, until the transaction ends. */
export async function lockAccounts(trx: Transaction<Database>): Promise<void> {
	await sql`SELECT pg_advisory_xact_lock(hashtext('kalends.accounts'))`.execute(trx);
}

export async function hasUsers(db: Kysely<Database>): Promise<boolean> {
	return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

async function lockedPreferences(trx: Transaction<Database>, id: string): Promise<object | undefined> {
	const row = await trx.selectFrom("users").select("preferences").where("id", "=", id).forUpdate().executeTakeFirst();
	return row?.preferences;
}

async function keepAnAdmin(trx: Transaction<Database>, leaving: string): Promise<void> {
	await lockAccounts(trx);
	const admins = await trx
		.selectFrom("users")
		.select("id")
		.where("role", "=", "admin")
		.where("banned", "=", false)
		.execute();
	if (admins.length !== 1 || admins[0]?.id !== leaving) return;
	throw new Problem("last_admin", "This is the only administrator.", {
		fix: "Make another user an administrator first.",
	});
}

/** In the form that better-auth reads: one account row of the provider `credential`. */
async function setPasswordHash(
	trx: Transaction<Database>,
	services: Pick<Making, "now" | "newId">,
	userId: string,
	password: string,
): Promise<void> {
	const now = new Date(services.now());
	await trx
		.insertInto("accounts")
		.values({
			id: services.newId("acc"),
			user_id: userId,
			account_id: userId,
			provider_id: "credential",
			password,
			created_at: now,
			updated_at: now,
		})
		.onConflict((conflict) =>
			conflict.columns(["provider_id", "account_id"]).doUpdateSet({ password, updated_at: now }),
		)
		.execute();
}

function toUser(row: {
	id: string;
	email: string;
	name: string;
	role: string;
	banned: boolean;
	time_zone: UsersTable["time_zone"];
	preferences: object;
	created_at: Date;
}): User {
	return {
		id: row.id,
		email: row.email,
		name: row.name,
		role: row.role === "admin" ? "admin" : "user",
		banned: row.banned,
		timeZone: row.time_zone,
		preferences: row.preferences,
		createdAt: row.created_at,
	};
}
