import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { personNameField, scopeField, timeZoneField, UserSchema, userToWire } from "./schemas.ts";
import { getUser, updateUser } from "./users.ts";

const MeSchema = UserSchema.extend({
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
		const user = await getUser(services.db, principal.userId);
		return { status: 200, body: { ...userToWire(user), via: principal.via, scopes: principal.scopes } };
	},
});

export const patchMe = endpoint({
	method: "PATCH",
	path: "/v1/me",
	operationId: "updateMe",
	summary: "Change your name or time zone",
	tag: "people",
	access: { kind: "user", scope: "write" },
	body: z.strictObject({ name: personNameField.optional(), time_zone: timeZoneField.nullable().optional() }),
	responses: { 200: MeSchema },
	async handle({ services, principal, body }) {
		const user = await updateUser(services, principal.userId, { name: body.name, timeZone: body.time_zone });
		return { status: 200, body: { ...userToWire(user), via: principal.via, scopes: principal.scopes } };
	},
});
