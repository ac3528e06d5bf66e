import { answerAs } from "../calendar/api.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Account } from "../world/account.ts";
import type { World } from "../world/world.ts";

/**
 * A call of the Calendar API in an account's name, without the network; answers its body.
 *
 * @param target path and query behind `/calendar/v3/`
 * @throws GoogleError as the API would answer
 */
export function inNameOf(
	world: World,
	account: Account,
	method: string,
	target: string,
	body?: JsonObject,
): JsonObject {
	const url = new URL(`/calendar/v3/${target}`, world.origin());
	const request = { method, url, header: () => null, body: body === undefined ? "" : JSON.stringify(body) };
	const answer = answerAs(world, account, request, url.pathname.slice("/calendar/v3/".length));
	const parsed: Json = answer.body === "" ? {} : JSON.parse(answer.body);
	return isObject(parsed) ? parsed : {};
}
