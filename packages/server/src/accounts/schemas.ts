import { z } from "zod";
import type { ApiKey } from "./api-keys.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "./password.ts";
import type { User } from "./users.ts";

/** Wire shapes of people and keys, and the fields that requests share. */

export const scopeField = z.enum(["read", "write", "admin"]);
export const emailField = z
	.email("Use an e-mail address such as me@example.com.")
	.max(254)
	.describe("Compared without regard to case.");
export const passwordField = z
	.string()
	.min(MIN_PASSWORD_LENGTH, `Use at least ${MIN_PASSWORD_LENGTH} characters.`)
	.max(MAX_PASSWORD_LENGTH, `Use at most ${MAX_PASSWORD_LENGTH} characters.`);
/** Of one line: it goes into the headers and subjects of mails. */
export const personNameField = z
	.string()
	.max(200)
	.refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), "A name is one line of text, without control characters.")
	.trim()
	.min(1);
export const UserSchema = z
	.object({
		id: z.string(),
		email: z.string(),
		name: z.string(),
		role: z.enum(["admin", "user"]),
		banned: z.boolean(),
		time_zone: z.string().nullable().describe("IANA; in which dates and all-day events are read."),
		created_at: z.string(),
	})
	.meta({ id: "User" });

export const ApiKeySchema = z
	.object({
		id: z.string(),
		name: z.string(),
		prefix: z.string().describe("How the key begins."),
		scopes: z.array(scopeField),
		expires_at: z.string().nullable(),
		last_used_at: z.string().nullable().describe("Up to five minutes late."),
		created_at: z.string(),
	})
	.meta({ id: "ApiKey" });

export function userToWire(user: User): z.infer<typeof UserSchema> {
	return {
		id: user.id,
		email: user.email,
		name: user.name,
		role: user.role,
		banned: user.banned,
		time_zone: user.timeZone,
		created_at: user.createdAt.toISOString(),
	};
}

export function apiKeyToWire(key: ApiKey): z.infer<typeof ApiKeySchema> {
	return {
		id: key.id,
		name: key.name,
		prefix: key.prefix,
		scopes: [...key.scopes],
		expires_at: key.expiresAt?.toISOString() ?? null,
		last_used_at: key.lastUsedAt?.toISOString() ?? null,
		created_at: key.createdAt.toISOString(),
	};
}
