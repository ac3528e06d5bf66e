import { z } from "zod";
import { endpoint, type Principal } from "../http/endpoint.ts";
import type { Services } from "../services.ts";
import { PreferencesPatchSchema, PreferencesSchema, preferencesOf } from "./preferences.ts";
import { personNameField, scopeField, UserSchema, userToWire } from "./schemas.ts";
import { timeZoneField } from "./time-zone-field.ts";
import { getUser, hasPassword, updateUser } from "./users.ts";

const MeSchema = UserSchema.extend({
	preferences: PreferencesSchema,
	has_password: z.boolean().describe("False: who signs in with a provider's account only."),
	via: z.enum(["session", "api_key"]).describe("How this request proved who it is."),
	scopes: z.array(scopeField).describe("What this request may do."),
}).meta({ id: "Me" });

export const getMe = endpoint({
	method: "GET",
	path: "/v1/me",
	operationId: "getMe",
	summary: "Who is asking",
	tag: "people",
	access: { kind: "user", scope: "read" },
	responses: { 200: MeSchema },
	async handle({ services, principal }) {
		return { status: 200, body: await me(services, principal) };
	},
});

export const patchMe = endpoint({
	method: "PATCH",
	path: "/v1/me",
	operationId: "updateMe",
	summary: "Change your name, time zone or preferences",
	description:
		"Merge-patch, in `preferences` too: what is left out stays, and null brings a default back. They are kept here so that " +
		"every browser of the person shows the same; `time_zone` also decides how the API reads dates.",
	tag: "people",
	access: { kind: "user", scope: "write" },
	body: z.strictObject({
		name: personNameField.optional(),
		time_zone: timeZoneField.nullable().optional(),
		preferences: PreferencesPatchSchema.optional(),
	}),
	responses: { 200: MeSchema },
	async handle({ services, principal, body }) {
		const { name, time_zone: timeZone, preferences } = body;
		await updateUser(services, principal.userId, { name, timeZone, preferences });
		return { status: 200, body: await me(services, principal) };
	},
});

async function me({ db }: Pick<Services, "db">, { userId, via, scopes }: Principal) {
	const [user, has_password] = await Promise.all([getUser(db, userId), hasPassword(db, userId)]);
	return { ...userToWire(user), preferences: preferencesOf(user.preferences), has_password, via, scopes };
}
