import type { Booking } from "../api.gen.ts";
import type { BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export type NewBooking = BodyOf<"POST /v1/bookings">;

/** Slots that are held until somebody has paid. */
export class Bookings extends Resource {
	list(query: QueryOf<"GET /v1/bookings"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/bookings", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<Booking> {
		return this.transport.call("GET /v1/bookings/{id}", { path: { id } }, options);
	}

	/** Holds the slot. Its `metadata` goes on the payment. */
	create(booking: NewBooking, options?: RequestOptions): Promise<Booking> {
		return this.transport.call("POST /v1/bookings", { body: booking }, options);
	}

	cancel(id: string, options?: RequestOptions): Promise<Booking> {
		return this.transport.call("DELETE /v1/bookings/{id}", { path: { id } }, options);
	}

	payments(query: QueryOf<"GET /v1/payments"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/payments", { query }, options);
	}
}
