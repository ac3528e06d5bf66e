import { type ItemOf, type Listing, type ListKey, listingOf, type PageOf } from "../listing.ts";
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
	): Listing<ItemOf<K>, PageOf<K>> {
		return listingOf(this.transport, key, parts, options);
	}
}
