import { createApiKey } from "../accounts/api-keys.ts";
import { createUser } from "../accounts/users.ts";
import type { ApiKeyScope } from "../db/schema.ts";
import type { Services } from "../services.ts";

export interface TestPerson {
	readonly userId: string;
	readonly keyId: string;
	readonly key: string;
	/** For `app.inject`. */
	readonly headers: { readonly authorization: string };
}

export interface TestPersonOptions {
	readonly role?: "admin" | "user";
	/** `read` and `write`, and for administrators `admin`, unless given. */
	readonly scopes?: readonly ApiKeyScope[];
	readonly timeZone?: string;
}

/** A user without a password and an API key of theirs. */
export async function createTestPerson(services: Services, options: TestPersonOptions = {}): Promise<TestPerson> {
	const role = options.role ?? "user";
	const user = await createUser(services, {
		email: `${services.newId("usr")}@example.com`,
		password: null,
		role,
		timeZone: options.timeZone,
	});
	const admin: readonly ApiKeyScope[] = role === "admin" ? ["admin"] : [];
	return createTestKey(services, user.id, options.scopes ?? ["read", "write", ...admin]);
}

/** One more key for a user. */
export async function createTestKey(
	services: Services,
	userId: string,
	scopes: readonly ApiKeyScope[],
): Promise<TestPerson> {
	const { id, key } = await createApiKey(services, { userId, name: "test", scopes });
	return { userId, keyId: id, key, headers: { authorization: `Bearer ${key}` } };
}
