import { isPublic, parseAddress } from "../egress/address.ts";
import { parseAllowList, portOf } from "../egress/allow-list.ts";
import type { Principal } from "../http/endpoint.ts";
import { type FieldFault, Problem } from "../http/errors.ts";
import { invalidFields } from "../http/validation.ts";
import type { Services } from "../services.ts";

interface Fields {
	readonly url?: string | undefined;
	readonly calendar_ids?: readonly string[] | null | undefined;
	readonly all_users?: boolean | undefined;
}

/**
 * What a schema cannot tell of an endpoint's fields. Addresses are judged again, with all that the name resolves to, at
 * each request (egress).
 * @throws Problem `invalid_request`; `forbidden` where `all_users` is asked for by who is no administrator
 */
export async function checkFields(services: Services, principal: Principal, fields: Fields): Promise<void> {
	if (fields.all_users === true && (principal.role !== "admin" || !principal.scopes.includes("admin"))) {
		throw new Problem("forbidden", "Only administrators may be told of what happens to everybody.", {
			fix: "Leave all_users out, or use an administrator's session or a key with the scope admin.",
		});
	}
	const faults: FieldFault[] = [];
	if (fields.url !== undefined) {
		const detail = addressFault(services, fields.url);
		if (detail !== null) faults.push({ field: "url", detail });
	}
	if (fields.calendar_ids != null && fields.all_users !== true) {
		faults.push(...(await calendarFaults(services, principal.userId, fields.calendar_ids)));
	}
	if (faults.length > 0) throw invalidFields(faults);
}

function addressFault({ config }: Services, text: string): string | null {
	const url = URL.parse(text);
	if (url === null || !["http:", "https:"].includes(url.protocol)) {
		return "Use an https address such as https://example.com/hooks.";
	}
	if (url.username !== "" || url.password !== "") {
		return "Leave user name and password out: receivers check the signature instead.";
	}
	const allowed = parseAllowList(config.allowedPrivateHosts).mayPermit(url);
	if (allowed) return null;
	const hint = `or have the operator name ${url.hostname}:${portOf(url)} in KALENDS_ALLOWED_PRIVATE_HOSTS.`;
	if (url.protocol === "http:") return `Use https, ${hint}`;
	const address = parseAddress(url.hostname.replace(/^\[(.*)\]$/, "$1"));
	const local =
		address !== null ? !isPublic(address) : /^(localhost|.*\.(localhost|local|internal))$/.test(url.hostname);
	return local ? `This address is of a private network. Use a public one, ${hint}` : null;
}

async function calendarFaults(
	{ db }: Services,
	userId: string,
	ids: readonly string[],
): Promise<readonly FieldFault[]> {
	const rows = await db
		.selectFrom("calendars")
		.select("id")
		.where("user_id", "=", userId)
		.where("id", "in", [...ids])
		.execute();
	const known = new Set(rows.map(({ id }) => id));
	return ids.flatMap((id, index) =>
		known.has(id) ? [] : [{ field: `calendar_ids[${index}]`, detail: "There is no calendar with this id." }],
	);
}
