import type { Setup } from "../api.gen.ts";
import type { QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

/** Looking at the provider and the public address takes a few seconds each. */
const CHECK_TIMEOUT_MS = 120_000;

/** The server itself, for administrators. */
export class Admin extends Resource {
	/** Of all users, with their health; nothing of calendars and events. */
	connections(query: QueryOf<"GET /v1/admin/connections"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/admin/connections", { query }, options);
	}

	/** What is set up, and what is missing. */
	setup(options?: RequestOptions): Promise<Setup> {
		return this.transport.call("GET /v1/setup", {}, options);
	}

	/** As `setup`, and looks whether it works. */
	checkedSetup(options?: RequestOptions): Promise<Setup> {
		const query = { check: true };
		return this.transport.call("GET /v1/setup", { query }, { timeout: CHECK_TIMEOUT_MS, ...options });
	}
}
