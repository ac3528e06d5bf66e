import type { DBAdapter, Where } from "better-auth/types";
import { secretHashText } from "./secret-hash.ts";

/**
 * A better-auth adapter that stores only the hash of a session's token (T21): whoever reads the database cannot
 * sign in with what they read. Callers go on seeing the token they asked with.
 */
export function withHashedTokens(adapter: DBAdapter): DBAdapter {
	return {
		...adapter,
		create: async (input) => {
			const token = input.model === "session" ? tokenIn(input.data) : null;
			if (token === null) return adapter.create(input);
			const made = await adapter.create({ ...input, data: { ...input.data, token: secretHashText(token) } });
			return { ...made, token } as never;
		},
		findOne: async (input) => shown(await adapter.findOne(hashed(input)), input),
		findMany: (input) => adapter.findMany(hashed(input)),
		count: (input) => adapter.count(hashed(input)),
		update: async (input) => shown(await adapter.update(hashed(input)), input),
		updateMany: (input) => adapter.updateMany(hashed(input)),
		delete: (input) => adapter.delete(hashed(input)),
		deleteMany: (input) => adapter.deleteMany(hashed(input)),
		consumeOne: async (input) => shown(await adapter.consumeOne(hashed(input)), input),
		incrementOne: async (input) => shown(await adapter.incrementOne(hashed(input)), input),
		transaction: (callback) =>
			adapter.transaction((trx) => callback(withHashedTokens({ ...adapter, ...trx } as DBAdapter))),
	};
}

function hashed<T extends { readonly model: string; readonly where?: Where[] | undefined }>(input: T): T {
	if (input.model !== "session" || input.where === undefined) return input;
	const where = input.where.map((clause): Where => {
		if (clause.field !== "token") return clause;
		if (typeof clause.value === "string") return { ...clause, value: secretHashText(clause.value) };
		if (Array.isArray(clause.value)) {
			return { ...clause, value: clause.value.map((token) => secretHashText(String(token))) };
		}
		return clause;
	});
	return { ...input, where };
}

function shown<T>(row: T | null, input: { readonly model: string; readonly where: readonly Where[] }): T | null {
	if (row === null || input.model !== "session") return row;
	const token = input.where.find((clause) => clause.field === "token")?.value;
	return typeof token === "string" ? { ...row, token } : row;
}

function tokenIn(data: object): string | null {
	return "token" in data && typeof data.token === "string" ? data.token : null;
}
