import type { CalendarEvent } from "@kalends/model";
import type { ColumnType, Generated } from "kysely";
import type { BigInt8, Json } from "./columns.ts";

export type BookingState = "held" | "confirmed" | "released" | "conflict" | "cancelled";
/** Test and live payments never mix. */
export type PaymentMode = "test" | "live";
export type PaymentSource = "stripe" | "payments";

export interface Person {
	readonly email: string;
	readonly name: string | null;
}

/** What a booking is to become; times as in the canonical event. */
export interface BookingDetails {
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly start: CalendarEvent["start"];
	readonly end: CalendarEvent["end"];
	readonly participants: readonly Person[];
	/** It is made also where the calendar is busy then. */
	readonly allow_conflicts: boolean;
}

export interface BookingsTable {
	user_id: string;
	id: string;
	calendar_id: string;
	event_id: string | null;
	state: BookingState;
	/** Why it is released, in conflict or cancelled. */
	reason: string | null;
	details: Json<BookingDetails>;
	/** The caller's own name for it. */
	reference: string | null;
	/** Of the first payment that named it. */
	mode: PaymentMode | null;
	/** Of a hold; null for what was paid without one. */
	expires_at: Date | null;
	cancelled_by_hand: Generated<boolean>;
	created_at: Date;
	updated_at: Date;
}

export interface PaymentsTable {
	source: PaymentSource;
	mode: PaymentMode;
	/** The payment's id with its system. */
	reference: string;
	/** Null: nobody knows what it is for. */
	user_id: string | null;
	booking_id: string | null;
	/** Why it was not used. */
	problem: string | null;
	paid: Generated<boolean>;
	failed: Generated<boolean>;
	/** In full. */
	refunded: Generated<boolean>;
	/** In the currency's smallest unit. */
	amount: BigInt8 | null;
	currency: string | null;
	payer: ColumnType<Person | null, string | null | undefined, string | null>;
	created_at: Date;
	updated_at: Date;
}

export interface PaymentEventsTable {
	source: PaymentSource;
	event_id: string;
	type: string;
	reference: string | null;
	received_at: Date;
}
