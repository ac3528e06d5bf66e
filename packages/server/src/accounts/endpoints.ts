import type { Endpoint } from "../http/endpoint.ts";
import { createApiKeyEndpoint, deleteApiKeyEndpoint, listApiKeysEndpoint } from "./api-key-endpoints.ts";
import { deleteMe } from "./delete-me.ts";
import { exportMe } from "./export/export-me.ts";
import { getMe, patchMe } from "./me-endpoints.ts";
import { deleteOtherSessions, deleteSession, listSessions } from "./own-sessions.ts";
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
	exportMe,
	deleteMe,
	listSessions,
	deleteSession,
	deleteOtherSessions,
	listApiKeysEndpoint,
	createApiKeyEndpoint,
	deleteApiKeyEndpoint,
	listUsersEndpoint,
	createUserEndpoint,
	getUserEndpoint,
	patchUserEndpoint,
	deleteUserEndpoint,
];
