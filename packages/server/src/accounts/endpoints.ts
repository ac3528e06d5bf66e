import type { Endpoint } from "../http/endpoint.ts";
import { createApiKeyEndpoint, deleteApiKeyEndpoint, listApiKeysEndpoint } from "./api-key-endpoints.ts";
import { getMe, patchMe } from "./me-endpoints.ts";
import { changePassword, getSession, signIn, signOut, signUp } from "./session-endpoints.ts";
import {
	createUserEndpoint,
	deleteUserEndpoint,
	getUserEndpoint,
	listUsersEndpoint,
	patchUserEndpoint,
} from "./user-endpoints.ts";

export const accountEndpoints: readonly Endpoint[] = [
	signUp,
	signIn,
	signOut,
	getSession,
	changePassword,
	getMe,
	patchMe,
	listApiKeysEndpoint,
	createApiKeyEndpoint,
	deleteApiKeyEndpoint,
	listUsersEndpoint,
	createUserEndpoint,
	getUserEndpoint,
	patchUserEndpoint,
	deleteUserEndpoint,
];
