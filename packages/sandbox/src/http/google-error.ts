import type { JsonObject } from "../json.ts";

export interface ErrorDetail {
	readonly domain?: string;
	readonly locationType?: "parameter" | "header";
	readonly location?: string;
	/** Further members of the body's `error`, as newer front ends add them. */
	readonly extra?: JsonObject;
	readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is an error, in the shape of the Calendar API's error bodies. */
export class GoogleError extends Error {
	readonly status: number;
	readonly reason: string;
	readonly detail: ErrorDetail;

	constructor(status: number, reason: string, message: string, detail: ErrorDetail = {}) {
		super(message);
		this.name = "GoogleError";
		this.status = status;
		this.reason = reason;
		this.detail = detail;
	}

	body(): JsonObject {
		const { domain = "global", locationType, location, extra } = this.detail;
		const error = { domain, reason: this.reason, message: this.message, locationType, location };
		return { error: { errors: [error], code: this.status, message: this.message, ...extra } };
	}
}

export const notFound = (): GoogleError => new GoogleError(404, "notFound", "Not Found");

export const deleted = (): GoogleError => new GoogleError(410, "deleted", "Resource has been deleted");

export const duplicate = (): GoogleError =>
	new GoogleError(409, "duplicate", "The requested identifier already exists.");

/** A body that cannot be taken. */
export const invalid = (message: string, reason = "invalid"): GoogleError => new GoogleError(400, reason, message);

export const required = (message: string): GoogleError => invalid(message, "required");

export function invalidParameter(location: string, message: string): GoogleError {
	return new GoogleError(400, "invalidParameter", message, { locationType: "parameter", location });
}

export const forbidden = (message = "Forbidden"): GoogleError => new GoogleError(403, "forbidden", message);

export function requiredAccessLevel(role: "writer" | "owner"): GoogleError {
	const message = `You need to have ${role} access to this calendar.`;
	return new GoogleError(403, "requiredAccessLevel", message, { domain: "calendar" });
}

export function conditionNotMet(): GoogleError {
	return new GoogleError(412, "conditionNotMet", "Precondition Failed", {
		locationType: "header",
		location: "If-Match",
	});
}

export function fullSyncRequired(): GoogleError {
	const message = "Sync token is no longer valid, a full sync is required.";
	return new GoogleError(410, "fullSyncRequired", message, {
		domain: "calendar",
		locationType: "parameter",
		location: "syncToken",
	});
}

export function unauthorized(message: string, reason: "authError" | "required"): GoogleError {
	return new GoogleError(401, reason, message, {
		locationType: "header",
		location: "Authorization",
		extra: { status: "UNAUTHENTICATED" },
		headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
	});
}
