import { accountEndpoints } from "../accounts/endpoints.ts";
import { bookingEndpoints } from "../bookings/booking-endpoints.ts";
import { calendarEndpoints } from "../calendars/endpoints.ts";
import { changeEndpoints } from "../changes/endpoints.ts";
import { channelEndpoints } from "../channels/endpoints.ts";
import { connectionEndpoints } from "../connections/endpoints.ts";
import { eventEndpoints } from "../events/endpoints.ts";
import { instanceEndpoints } from "../instance/endpoints.ts";
import { legacyEndpoints } from "../legacy/endpoints.ts";
import { notifyEndpoints } from "../notify/endpoints.ts";
import { oauthEndpoints } from "../oauth/endpoints.ts";
import { signInWithGoogle } from "../oauth/sign-in-endpoint.ts";
import { operationEndpoints } from "../observability/endpoints.ts";
import { paymentEndpoints } from "../payments/endpoints.ts";
import { setupEndpoints } from "../setup/endpoints.ts";
import { streamEndpoints } from "../stream/endpoints.ts";
import { webhookEndpoints } from "../webhooks/endpoints.ts";
import type { Endpoint } from "./endpoint.ts";

/** Every endpoint of the API, one line for each capability. */
export const routes: readonly Endpoint[] = [
	...accountEndpoints,
	...connectionEndpoints,
	...oauthEndpoints,
	signInWithGoogle,
	...calendarEndpoints,
	...eventEndpoints,
	...changeEndpoints,
	...streamEndpoints,
	...channelEndpoints,
	...legacyEndpoints,
	...instanceEndpoints,
	...setupEndpoints,
	...bookingEndpoints,
	...paymentEndpoints,
	...webhookEndpoints,
	...notifyEndpoints,
	...operationEndpoints,
];
