import type { ConnectionRow } from "../../push/types.ts";

/** The addresses that mean the person, lower case: the account's, else the one of the person here. */
export function ownAddresses(
	connection: Pick<ConnectionRow, "account">,
	person: { readonly email: string },
): ReadonlySet<string> {
	const address = connection.account.includes("@") ? connection.account : person.email;
	return new Set([address.toLowerCase()]);
}
