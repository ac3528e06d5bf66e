import type { QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export class Changes extends Resource {
	/** What changed since, in order, without gaps. `gone` means: list everything again. */
	list(query: QueryOf<"GET /v1/changes"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/changes", { query }, options);
	}
}
