import { createHash } from "node:crypto";
import { Gate } from "../gate.ts";
import type { DigestStates, PasswordCredentials } from "./authenticator.ts";

/**
 * What the calls for one account that logs in by Digest share, while the process lives: the nonces, so that not every
 * call begins with a refusal, and one gate, as servers count the uses of a nonce in order, and some (Cyrus) know it on
 * one connection only: one request after the other keeps to the same.
 */
export interface LoginMemory {
	readonly digests: DigestStates;
	readonly gate: Gate;
}

const ACCOUNTS = 1_000;

/** Holds no credentials: accounts are told apart by a digest of them. */
export class LoginMemories {
	readonly #byAccount = new Map<string, LoginMemory>();

	/** @param server the account's address */
	of(server: string, { username, password }: PasswordCredentials): LoginMemory {
		const account = createHash("sha256")
			.update(JSON.stringify([server, username, password]))
			.digest("base64url");
		const memory = this.#byAccount.get(account) ?? { digests: new Map(), gate: new Gate(1) };
		// The least recently used comes first, and goes first.
		this.#byAccount.delete(account);
		this.#byAccount.set(account, memory);
		for (const [oldest] of this.#byAccount) {
			if (this.#byAccount.size <= ACCOUNTS) break;
			this.#byAccount.delete(oldest);
		}
		return memory;
	}
}
