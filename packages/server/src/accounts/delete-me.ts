import { z } from "zod";
import { endpoint, type Principal } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { invalidFields } from "../http/validation.ts";
import type { Services } from "../services.ts";
import { normalEmail } from "./directory.ts";
import { eraseUser } from "./erase-user.ts";
import { verifyPassword } from "./password.ts";
import { countTry, forgetAllTries } from "./rate-limit.ts";
import { sessionCookieName } from "./session-cookie.ts";
import { getUser, passwordHashOf } from "./users.ts";

const TRIES = { most: 10, windowSeconds: 15 * 60 };

export const deleteMe = endpoint({
	method: "DELETE",
	path: "/v1/me",
	operationId: "deleteMe",
	summary: "Delete your account",
	description:
		"Erases everything that Kalends has of you: connections and their credentials, the copy of your events and its " +
		"history, keys, sessions. Consents are given back to the providers (one that does not answer " +
		"is asked again for a day); no event is deleted there. It cannot be undone: " +
		"`GET /v1/me/export` first. Needs a session, and the password again; who has none sends their e-mail address.",
	tag: "people",
	access: { kind: "user", scope: "write" },
	body: z.strictObject({
		password: z.string().min(1).max(1024).optional(),
		email: z.string().max(254).optional().describe("Of who has no password: their own address."),
	}),
	responses: { 204: null },
	async handle({ services, principal, body }) {
		if (principal.via !== "session") {
			throw new Problem("forbidden", "An account is deleted by who is signed in, not by an API key.", {
				fix: "Sign in and delete it there; administrators use DELETE /v1/users/{id}.",
			});
		}
		await confirm(services, principal, body);
		await eraseUser(services, principal.userId);
		const { protocol } = services.config.url;
		const attributes = `Max-Age=0; Path=/; HttpOnly; SameSite=Lax${protocol === "https:" ? "; Secure" : ""}`;
		return { status: 204, headers: { "set-cookie": `${sessionCookieName(services.config.url)}=; ${attributes}` } };
	},
});

/** Whoever finds an open browser must not be able to do it. @throws Problem */
async function confirm(
	{ db, now }: Services,
	{ userId }: Principal,
	{ password, email }: { readonly password?: string | undefined; readonly email?: string | undefined },
): Promise<void> {
	const key = `delete-me:${userId}`;
	await countTry(db, { key, ...TRIES }, now());
	const hash = await passwordHashOf(db, userId);
	if (hash === null) {
		const user = await getUser(db, userId);
		if (email === undefined || normalEmail(email) !== user.email) {
			throw invalidFields([{ field: "email", detail: "Enter your e-mail address, to show that you mean it." }]);
		}
	} else if (password === undefined) {
		throw invalidFields([{ field: "password", detail: "Enter your password." }]);
	} else if (!(await verifyPassword(hash, password))) {
		throw invalidFields([{ field: "password", detail: "is wrong" }]);
	}
	await forgetAllTries(db, key);
}
