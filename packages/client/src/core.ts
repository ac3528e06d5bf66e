import type { ItemOf, Listing, ListKey, PageOf } from "./listing.ts";
import { listingOf } from "./listing.ts";
import {
	type AnswerOf,
	type OperationKey,
	type Parts,
	type RequestOptions,
	Transport,
	type TransportOptions,
} from "./transport.ts";

export type KalendsOptions = TransportOptions;

/**
 * Every endpoint of a Kalends server by the method and path of its reference, without a method of its own for each: for
 * pages that count their bytes. `Kalends` is this and the methods.
 */
export class KalendsCore {
	protected readonly transport: Transport;

	constructor(options: KalendsOptions = {}) {
		this.transport = new Transport(options);
	}

	/** `kalends.request("GET /v1/me", {})` */
	request<K extends OperationKey>(key: K, parts: Parts<K>, options?: RequestOptions): Promise<AnswerOf<K>> {
		return this.transport.call(key, parts, options);
	}

	/** What answers pages: `kalends.list("GET /v1/calendars", {}).all()` */
	list<K extends ListKey>(key: K, parts: Parts<K>, options?: RequestOptions): Listing<ItemOf<K>, PageOf<K>> {
		return listingOf(this.transport, key, parts, options);
	}
}
