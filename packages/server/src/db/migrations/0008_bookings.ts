import { type Kysely, sql } from "kysely";

/** Payments in: bookings, payments and the events that told of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		`CREATE TABLE bookings (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			id text NOT NULL,
			calendar_id text NOT NULL,
			event_id text,
			state text NOT NULL CHECK (state IN ('held', 'confirmed', 'released', 'conflict', 'cancelled')),
			reason text,
			details jsonb NOT NULL,
			reference text,
			mode text CHECK (mode IN ('test', 'live')),
			expires_at timestamptz,
			cancelled_by_hand boolean NOT NULL DEFAULT false,
			created_at timestamptz NOT NULL,
			updated_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id)
		)`,
		// A payment names its booking (payments/directory.ts).
		`CREATE UNIQUE INDEX bookings_by_id ON bookings (id)`,
		`CREATE INDEX bookings_held ON bookings (expires_at) WHERE state = 'held'`,

		// A payment may name a calendar alone.
		`CREATE INDEX calendars_by_id ON calendars (id)`,

		// A directory table: payments arrive without an owner, and some never get one. What was heard of a payment is kept
		// as facts, so that their order makes no difference.
		`CREATE TABLE payments (
			source text NOT NULL CHECK (source IN ('stripe', 'payments')),
			mode text NOT NULL CHECK (mode IN ('test', 'live')),
			reference text NOT NULL,
			user_id text REFERENCES users (id) ON DELETE CASCADE,
			booking_id text,
			problem text,
			paid boolean NOT NULL DEFAULT false,
			failed boolean NOT NULL DEFAULT false,
			refunded boolean NOT NULL DEFAULT false,
			amount bigint,
			currency text,
			payer jsonb,
			created_at timestamptz NOT NULL,
			updated_at timestamptz NOT NULL,
			PRIMARY KEY (source, mode, reference)
		)`,
		`CREATE INDEX payments_of_user ON payments (user_id, created_at)`,
		`CREATE INDEX payments_of_booking ON payments (user_id, booking_id)`,

		// Each event once (T17): inserted in the transaction of what it brings about.
		`CREATE TABLE payment_events (
			source text NOT NULL,
			event_id text NOT NULL,
			type text NOT NULL,
			reference text,
			received_at timestamptz NOT NULL,
			PRIMARY KEY (source, event_id)
		)`,
		`CREATE INDEX payment_events_by_age ON payment_events (received_at)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
