import type { Credentials } from "@kalends/providers";
import { connectionCredentials } from "../vault/place.ts";
import type { Vault } from "../vault/vault.ts";

interface Owned {
	readonly user_id: string;
	readonly id: string;
}

/** @throws VaultError when the keyring lacks the key, or the envelope was tampered with or moved */
export function openCredentials(vault: Vault, connection: Owned & { readonly credentials: Uint8Array }): Credentials {
	const secret = vault.open(connection.credentials, connectionCredentials(connection.user_id, connection.id));
	const { username, password, url } = JSON.parse(secret.reveal()) as Credentials;
	return {
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password }),
		...(url === undefined ? {} : { url }),
	};
}

export function sealCredentials(vault: Vault, { user_id, id }: Owned, credentials: Credentials): Buffer {
	return vault.seal(JSON.stringify(credentials), connectionCredentials(user_id, id));
}
