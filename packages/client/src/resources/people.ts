import type { Me, NewApiKey, User } from "../api.gen.ts";
import type { AnswerOf, BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export type MePatch = BodyOf<"PATCH /v1/me">;
export type NewUser = BodyOf<"POST /v1/users">;
export type UserPatch = BodyOf<"PATCH /v1/users/{id}">;
export type NewKey = BodyOf<"POST /v1/api-keys">;
export type CurrentSession = NonNullable<AnswerOf<"GET /api/auth/get-session">>;
/** Shows that the person means it: the password, or of who has none their e-mail address. */
export type Confirmation = BodyOf<"DELETE /v1/me">;

/** Whose session or key it is. */
export class Myself extends Resource {
	get(options?: RequestOptions): Promise<Me> {
		return this.transport.call("GET /v1/me", {}, options);
	}

	update(patch: MePatch, options?: RequestOptions): Promise<Me> {
		return this.transport.call("PATCH /v1/me", { body: patch }, options);
	}

	/** Everything that Kalends has of the person, as JSON; it may be large: `response.body` is a stream. */
	export(options?: RequestOptions): Promise<Response> {
		return this.transport.send("GET /v1/me/export", {}, { timeout: 0, ...options });
	}

	/** Deletes the account with everything of it. There is no way back. */
	async delete(confirmation: Confirmation, options?: RequestOptions): Promise<void> {
		await this.transport.call("DELETE /v1/me", { body: confirmation }, options);
	}
}

/** Signing in and out, in browsers: the session is a cookie that scripts do not see. */
export class Sessions extends Resource {
	/** Null when nobody is signed in. */
	current(options?: RequestOptions): Promise<CurrentSession | null> {
		return this.transport.call("GET /api/auth/get-session", {}, options);
	}

	async signIn(credentials: BodyOf<"POST /api/auth/sign-in/email">, options?: RequestOptions): Promise<User> {
		return (await this.transport.call("POST /api/auth/sign-in/email", { body: credentials }, options)).user;
	}

	/** Makes an account and signs in; the first one becomes the administrator. */
	async signUp(account: BodyOf<"POST /api/auth/sign-up/email">, options?: RequestOptions): Promise<User> {
		return (await this.transport.call("POST /api/auth/sign-up/email", { body: account }, options)).user;
	}

	async signOut(options?: RequestOptions): Promise<void> {
		await this.transport.call("POST /api/auth/sign-out", {}, options);
	}

	/** Where the person is signed in, the newest first. */
	list(query: QueryOf<"GET /v1/sessions"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/sessions", { query }, options);
	}

	/** Signs one browser out. */
	async delete(id: string, options?: RequestOptions): Promise<void> {
		await this.transport.call("DELETE /v1/sessions/{id}", { path: { id } }, options);
	}

	/** Signs out everywhere else. @returns how many sessions ended */
	async deleteOthers(options?: RequestOptions): Promise<number> {
		return (await this.transport.call("DELETE /v1/sessions", {}, options)).ended;
	}

	/** Ends all other sessions unless told otherwise. */
	async changePassword(passwords: BodyOf<"POST /api/auth/change-password">, options?: RequestOptions): Promise<User> {
		return (await this.transport.call("POST /api/auth/change-password", { body: passwords }, options)).user;
	}
}

/** For administrators. */
export class Users extends Resource {
	list(query: QueryOf<"GET /v1/users"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/users", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<User> {
		return this.transport.call("GET /v1/users/{id}", { path: { id } }, options);
	}

	create(user: NewUser, options?: RequestOptions): Promise<User> {
		return this.transport.call("POST /v1/users", { body: user }, options);
	}

	update(id: string, patch: UserPatch, options?: RequestOptions): Promise<User> {
		return this.transport.call("PATCH /v1/users/{id}", { path: { id }, body: patch }, options);
	}

	/** With everything of theirs. */
	async delete(id: string, options?: RequestOptions): Promise<void> {
		await this.transport.call("DELETE /v1/users/{id}", { path: { id } }, options);
	}
}

export class ApiKeys extends Resource {
	list(query: QueryOf<"GET /v1/api-keys"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/api-keys", { query }, options);
	}

	/** The key itself is in the answer, this once. */
	create(key: NewKey, options?: RequestOptions): Promise<NewApiKey> {
		return this.transport.call("POST /v1/api-keys", { body: key }, options);
	}

	async delete(id: string, options?: RequestOptions): Promise<void> {
		await this.transport.call("DELETE /v1/api-keys/{id}", { path: { id } }, options);
	}
}
