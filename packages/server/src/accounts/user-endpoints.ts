import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { eraseUser } from "./erase-user.ts";
import { emailField, passwordField, personNameField, UserSchema, userToWire } from "./schemas.ts";
import { timeZoneField } from "./time-zone-field.ts";
import { createUser, getUser, listUsers, updateUser } from "./users.ts";

const roleField = z.enum(["admin", "user"]);
const params = z.object({ id: z.string().max(64) });

export const listUsersEndpoint = endpoint({
	method: "GET",
	path: "/v1/users",
	operationId: "listUsers",
	summary: "List all users",
	tag: "people",
	access: { kind: "admin" },
	query: z.object(pageQuery),
	responses: { 200: listOf(UserSchema) },
	async handle({ services, query }) {
		const users = await listUsers(services.db, query.limit + 1, readCursor(query.cursor, z.string().max(64)));
		return { status: 200, body: pageOf(users, query.limit, (user) => user.id, userToWire) };
	},
});

export const createUserEndpoint = endpoint({
	method: "POST",
	path: "/v1/users",
	operationId: "createUser",
	summary: "Make a user",
	description: "Without a password nobody can sign in as the user; an admin key acts for them by Kalends-User.",
	tag: "people",
	access: { kind: "admin" },
	body: z.strictObject({
		email: emailField,
		password: passwordField.nullable().optional(),
		name: personNameField.optional(),
		role: roleField.optional(),
		time_zone: timeZoneField.nullable().optional(),
	}),
	responses: { 201: UserSchema },
	async handle({ services, body }) {
		const user = await createUser(services, {
			email: body.email,
			password: body.password ?? null,
			name: body.name,
			role: body.role,
			timeZone: body.time_zone,
		});
		return { status: 201, body: userToWire(user), headers: { location: `/v1/users/${user.id}` } };
	},
});

export const getUserEndpoint = endpoint({
	method: "GET",
	path: "/v1/users/:id",
	operationId: "getUser",
	summary: "Get a user",
	tag: "people",
	access: { kind: "admin" },
	params,
	responses: { 200: UserSchema },
	async handle({ services, params: { id } }) {
		return { status: 200, body: userToWire(await getUser(services.db, id)) };
	},
});

export const patchUserEndpoint = endpoint({
	method: "PATCH",
	path: "/v1/users/:id",
	operationId: "updateUser",
	summary: "Change a user",
	description: "A banned user's sessions end and their keys stop working. A new password ends their sessions too.",
	tag: "people",
	access: { kind: "admin" },
	params,
	body: z.strictObject({
		name: personNameField.optional(),
		time_zone: timeZoneField.nullable().optional(),
		role: roleField.optional(),
		banned: z.boolean().optional(),
		password: passwordField.optional(),
	}),
	responses: { 200: UserSchema },
	async handle({ services, params: { id }, body: { time_zone: timeZone, ...changes } }) {
		return { status: 200, body: userToWire(await updateUser(services, id, { ...changes, timeZone })) };
	},
});

export const deleteUserEndpoint = endpoint({
	method: "DELETE",
	path: "/v1/users/:id",
	operationId: "deleteUser",
	summary: "Delete a user",
	description: "With everything of theirs: connections, credentials, copied events, keys and sessions.",
	tag: "people",
	access: { kind: "admin" },
	params,
	responses: { 204: null },
	async handle({ services, params: { id } }) {
		await eraseUser(services, id);
		return { status: 204 };
	},
});
