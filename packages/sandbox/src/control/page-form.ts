import type { JsonObject } from "../json.ts";
import { ControlFault } from "./fields.ts";

/** What a form of the control page asks for, in the words of the control API. */
export interface PageAction {
	readonly method: string;
	readonly path: string;
	readonly body: JsonObject;
}

/**
 * @param form `do` names the action; the other members are its fields
 * @throws ControlFault
 */
export function bodyOfForm(form: URLSearchParams): PageAction {
	const text = (name: string): string => form.get(name) ?? "";
	const number = (name: string): number => Number(text(name));
	const given = (name: string): JsonObject => (text(name) === "" ? {} : { [name]: text(name) });
	const post = (path: string, body: JsonObject): PageAction => ({ method: "POST", path, body });
	switch (text("do")) {
		case "fault":
			return post("/faults", { ...faultOf(text("kind")), ...given("path"), rate: number("percent") / 100 });
		case "clear-faults":
			return { method: "DELETE", path: "/faults", body: {} };
		case "remove-fault":
			return { method: "DELETE", path: `/faults/${encodeURIComponent(text("id"))}`, body: {} };
		case "push":
			return {
				method: "PATCH",
				path: "/settings",
				body: { push: { lossRate: number("percent") / 100, delay: number("delay") } },
			};
		case "expire-tokens":
			return post("/tokens/expire", given("account"));
		case "revoke":
			return post("/consents/revoke", given("account"));
		case "expire-sync-tokens":
			return post("/sync-tokens/expire", given("account"));
		case "load":
			return post("/load", { account: text("account"), events: number("events"), seed: number("seed") });
		case "reset":
			return post("/reset", { keepConsents: true });
		default:
			throw new ControlFault(400, ["The form does not say what to do."]);
	}
}

/** `403 userRateLimitExceeded`, or a kind. */
function faultOf(choice: string): JsonObject {
	const [, status, reason] = /^(\d{3})(?: (\w+))?$/.exec(choice) ?? [];
	if (status !== undefined)
		return { kind: "status", status: Number(status), ...(reason === undefined ? {} : { reason }) };
	const [, milliseconds] = /^latency (\d+)$/.exec(choice) ?? [];
	return milliseconds === undefined ? { kind: choice } : { kind: "latency", milliseconds: Number(milliseconds) };
}
