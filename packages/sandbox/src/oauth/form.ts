import type { WebRequest } from "../http/web.ts";

/** The parameters of a form; empty where the body is of another type. */
export function formOf(request: WebRequest): URLSearchParams {
	const type = request.header("content-type") ?? "";
	return new URLSearchParams(/^application\/x-www-form-urlencoded\b/i.test(type) ? request.body : "");
}
