import type { ConnectInput, Credentials } from "@kalends/providers";
import { connectionCredentials } from "../vault/place.ts";
import type { Vault } from "../vault/vault.ts";

interface Owned {
	readonly user_id: string;
	readonly id: string;
}

/** What the envelope holds: the provider's credentials, and the address that was typed, which may be a secret too. */
interface Sealed extends Credentials {
	readonly address?: string;
}

/** @throws VaultError when the keyring lacks the key, or the envelope was tampered with or moved */
export function openCredentials(vault: Vault, connection: Owned & { readonly credentials: Uint8Array }): Credentials {
	const { username, password, url } = open(vault, connection);
	return {
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password }),
		...(url === undefined ? {} : { url }),
	};
}

/** What to give to `connect` again, so that only what a person changes has to be typed. */
export function openConnectInput(vault: Vault, connection: Owned & { readonly credentials: Uint8Array }): ConnectInput {
	const { address, ...credentials } = open(vault, connection);
	return address === undefined ? credentials : { url: address, ...credentials };
}

export function sealCredentials(
	vault: Vault,
	{ user_id, id }: Owned,
	credentials: Credentials,
	address?: string,
): Buffer {
	const sealed: Sealed = { ...credentials, ...(address === undefined ? {} : { address }) };
	return vault.seal(JSON.stringify(sealed), connectionCredentials(user_id, id));
}

function open(vault: Vault, connection: Owned & { readonly credentials: Uint8Array }): Sealed {
	const secret = vault.open(connection.credentials, connectionCredentials(connection.user_id, connection.id));
	return JSON.parse(secret.reveal()) as Sealed;
}
