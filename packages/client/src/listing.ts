import type { AnswerOf, OperationKey, Parts, RequestOptions, Transport } from "./transport.ts";

export interface Page<T> {
	readonly data: readonly T[];
	/** Null on the last page. */
	readonly next_cursor: string | null;
}

/** Operations that answer a page. */
export type ListKey = {
	[K in OperationKey]: AnswerOf<K> extends Page<unknown> ? K : never;
}[OperationKey];

export type ItemOf<K extends ListKey> = Extract<AnswerOf<K>, Page<unknown>>["data"][number];
export type PageOf<K extends ListKey> = Extract<AnswerOf<K>, Page<unknown>> & Page<ItemOf<K>>;

/**
 * A list that asks for its pages as they are needed: `await` it for the first page, iterate over it for every item,
 * or take `all()`. Nothing is sent before.
 */
export class Listing<T, P extends Page<T> = Page<T>> implements AsyncIterable<T>, PromiseLike<P> {
	readonly #read: (cursor: string | undefined) => Promise<P>;

	/** @param read asks for the page behind a cursor; undefined: the first one */
	constructor(read: (cursor: string | undefined) => Promise<P>) {
		this.#read = read;
	}

	// biome-ignore lint/suspicious/noThenProperty: a list is awaited for its first page, iterated for all of them
	then<R = P, E = never>(
		done?: ((page: P) => R | PromiseLike<R>) | null,
		failed?: ((reason: unknown) => E | PromiseLike<E>) | null,
	): Promise<R | E> {
		return this.#read(undefined).then(done, failed);
	}

	async *pages(): AsyncGenerator<P, void, undefined> {
		let cursor: string | undefined;
		do {
			const page = await this.#read(cursor);
			yield page;
			cursor = page.next_cursor ?? undefined;
		} while (cursor !== undefined);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
		for await (const page of this.pages()) yield* page.data;
	}

	/** @param limit stops when it has so many, asking for no more pages */
	async all(limit = Number.POSITIVE_INFINITY): Promise<T[]> {
		const items: T[] = [];
		for await (const page of this.pages()) {
			items.push(...page.data);
			if (items.length >= limit) return items.slice(0, limit);
		}
		return items;
	}
}

/** The pages of an operation; its cursor is the listing's own matter. */
export function listingOf<K extends ListKey>(
	transport: Transport,
	key: K,
	parts: Parts<K>,
	options?: RequestOptions,
): Listing<ItemOf<K>, PageOf<K>> {
	return new Listing(async (cursor) => {
		const { query, ...rest } = parts as { readonly query?: object };
		const asked = { ...rest, query: { ...query, ...(cursor === undefined ? {} : { cursor }) } } as Parts<K>;
		return (await transport.call(key, asked, options)) as PageOf<K>;
	});
}
