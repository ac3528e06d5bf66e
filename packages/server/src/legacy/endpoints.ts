import type { Endpoint } from "../http/endpoint.ts";
import { olderConnectionEndpoints } from "./connection-endpoints.ts";
import { olderEventEndpoints } from "./event-endpoints.ts";
import { olderGoogleEndpoints } from "./google-flows.ts";
import { olderUpcomingEndpoints } from "./upcoming-events.ts";

/** What people migrate from (docs/migrating.md). */
export const legacyEndpoints: readonly Endpoint[] = [
	...olderGoogleEndpoints,
	...olderEventEndpoints,
	...olderConnectionEndpoints,
	...olderUpcomingEndpoints,
];
