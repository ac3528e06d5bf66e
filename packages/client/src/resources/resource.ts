import { type ItemOf, Listing, type ListKey, type Page, type PageOf } from "../listing.ts";
import type { Parts, RequestOptions, Transport } from "../transport.ts";

/** What the groups of endpoints share: they are made of the transport and nothing else. */
export abstract class Resource {
	protected readonly transport: Transport;

	constructor(transport: Transport) {
		this.transport = transport;
	}

	protected listing<K extends ListKey>(
		key: K,
		parts: Parts<K>,
		options?: RequestOptions,
	): Listing<ItemOf<K>, PageOf<K> & Page<ItemOf<K>>> {
		return new Listing(async (cursor) => {
			const { query, ...rest } = parts as { readonly query?: object };
			const asked = { ...rest, query: { ...query, ...(cursor === undefined ? {} : { cursor }) } } as Parts<K>;
			return (await this.transport.call(key, asked, options)) as PageOf<K> & Page<ItemOf<K>>;
		});
	}
}
