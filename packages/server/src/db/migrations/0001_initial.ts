import { type Kysely, sql } from "kysely";

/**
 * User data: `user_id` leads every key and index, so each table can be distributed by it.
 * Directory tables (`users`, `sessions`, `accounts`, `verifications`, `api_keys`) point to their user
 * and are reached only through `accounts/directory.ts`.
 * Ids are opaque text: `<prefix>_<UUIDv7 in base32>`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		`CREATE TABLE users (
			id text PRIMARY KEY,
			email text NOT NULL UNIQUE,
			email_verified boolean NOT NULL DEFAULT false,
			name text NOT NULL,
			image text,
			role text NOT NULL DEFAULT 'user',
			banned boolean NOT NULL DEFAULT false,
			ban_reason text,
			ban_expires timestamptz,
			time_zone text,
			created_at timestamptz NOT NULL DEFAULT now(),
			updated_at timestamptz NOT NULL DEFAULT now()
		)`,
		`CREATE TABLE sessions (
			id text PRIMARY KEY,
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			token text NOT NULL UNIQUE,
			expires_at timestamptz NOT NULL,
			ip_address text,
			user_agent text,
			impersonated_by text,
			created_at timestamptz NOT NULL DEFAULT now(),
			updated_at timestamptz NOT NULL DEFAULT now()
		)`,
		`CREATE INDEX sessions_by_user ON sessions (user_id)`,
		`CREATE TABLE accounts (
			id text PRIMARY KEY,
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			account_id text NOT NULL,
			provider_id text NOT NULL,
			access_token text,
			refresh_token text,
			id_token text,
			access_token_expires_at timestamptz,
			refresh_token_expires_at timestamptz,
			scope text,
			password text,
			created_at timestamptz NOT NULL DEFAULT now(),
			updated_at timestamptz NOT NULL DEFAULT now(),
			UNIQUE (provider_id, account_id)
		)`,
		`CREATE INDEX accounts_by_user ON accounts (user_id)`,
		`CREATE TABLE verifications (
			id text PRIMARY KEY,
			identifier text NOT NULL,
			value text NOT NULL,
			expires_at timestamptz NOT NULL,
			created_at timestamptz NOT NULL DEFAULT now(),
			updated_at timestamptz NOT NULL DEFAULT now()
		)`,
		`CREATE INDEX verifications_by_identifier ON verifications (identifier)`,
		`CREATE TABLE api_keys (
			id text PRIMARY KEY,
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			hash bytea NOT NULL UNIQUE,
			name text NOT NULL,
			prefix text NOT NULL,
			scopes text[] NOT NULL,
			expires_at timestamptz,
			last_used_at timestamptz,
			created_at timestamptz NOT NULL DEFAULT now()
		)`,
		`CREATE INDEX api_keys_by_user ON api_keys (user_id, id)`,
		`CREATE TABLE rate_limits (
			key text PRIMARY KEY,
			count integer NOT NULL,
			window_started_at timestamptz NOT NULL
		)`,

		`CREATE TABLE connections (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			id text NOT NULL,
			provider text NOT NULL,
			name text NOT NULL,
			account text NOT NULL,
			identity text,
			status text NOT NULL,
			status_reason text,
			status_message text,
			status_since timestamptz NOT NULL,
			scopes text[] NOT NULL DEFAULT '{}',
			credentials bytea NOT NULL,
			settings jsonb NOT NULL DEFAULT '{}',
			paused boolean NOT NULL DEFAULT false,
			failures integer NOT NULL DEFAULT 0,
			retry_after timestamptz,
			last_synced_at timestamptz,
			last_changed_at timestamptz,
			next_sync_at timestamptz,
			last_push_at timestamptz,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id)
		)`,
		// Nobody connects an account twice.
		`CREATE UNIQUE INDEX connections_by_identity ON connections (user_id, provider, identity)`,
		// The one due-scan that crosses users (sync/due-connections.ts).
		`CREATE INDEX connections_due ON connections (next_sync_at) WHERE next_sync_at IS NOT NULL`,

		`CREATE TABLE calendars (
			user_id text NOT NULL,
			id text NOT NULL,
			connection_id text NOT NULL,
			provider_calendar_id text NOT NULL,
			name text NOT NULL,
			color text,
			name_override text,
			color_override text,
			time_zone text,
			access text NOT NULL,
			is_primary boolean NOT NULL DEFAULT false,
			selected boolean NOT NULL DEFAULT true,
			default_reminders jsonb NOT NULL DEFAULT '[]',
			privacy text NOT NULL DEFAULT 'full',
			settings jsonb NOT NULL DEFAULT '{}',
			status text NOT NULL DEFAULT 'pending',
			status_reason text,
			status_message text,
			status_since timestamptz NOT NULL,
			cursor jsonb,
			version text,
			generation bigint NOT NULL DEFAULT 0,
			lease_fence bigint NOT NULL DEFAULT 0,
			lease_until timestamptz,
			last_synced_at timestamptz,
			first_synced_at timestamptz,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id),
			UNIQUE (user_id, connection_id, provider_calendar_id),
			FOREIGN KEY (user_id, connection_id) REFERENCES connections (user_id, id) ON DELETE CASCADE
		)`,

		`CREATE TABLE resources (
			user_id text NOT NULL,
			id text NOT NULL,
			calendar_id text NOT NULL,
			provider_resource_id text NOT NULL,
			etag text,
			schedule_tag text,
			raw text NOT NULL,
			warnings jsonb NOT NULL DEFAULT '[]',
			PRIMARY KEY (user_id, id),
			UNIQUE (user_id, calendar_id, provider_resource_id),
			FOREIGN KEY (user_id, calendar_id) REFERENCES calendars (user_id, id) ON DELETE CASCADE
		)`,
		`CREATE INDEX resources_with_warnings ON resources (user_id, calendar_id, id) WHERE warnings <> '[]'`,
		// Deletions that the valve holds back until a person decides; \`kept\` once the person chose to keep them.
		`CREATE TABLE held_deletions (
			user_id text NOT NULL,
			calendar_id text NOT NULL,
			resource_id text NOT NULL,
			kept boolean NOT NULL DEFAULT false,
			PRIMARY KEY (user_id, calendar_id, resource_id),
			FOREIGN KEY (user_id, resource_id) REFERENCES resources (user_id, id) ON DELETE CASCADE,
			FOREIGN KEY (user_id, calendar_id) REFERENCES calendars (user_id, id) ON DELETE CASCADE
		)`,

		// An override's id is \`<master id>.<original start>\`; data is a model CalendarEvent.
		`CREATE TABLE events (
			user_id text NOT NULL,
			id text NOT NULL,
			calendar_id text NOT NULL,
			resource_id text NOT NULL,
			kind text NOT NULL CHECK (kind IN ('single', 'master', 'override')),
			master_id text,
			ical_uid text NOT NULL,
			original_start text,
			version bigint NOT NULL DEFAULT 1,
			content_hash text NOT NULL,
			search text NOT NULL,
			series_starts_at timestamptz,
			series_ends_at timestamptz,
			expanded_from timestamptz,
			expanded_to timestamptz,
			expansion_error text,
			data jsonb NOT NULL,
			created_at timestamptz NOT NULL,
			updated_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id),
			FOREIGN KEY (user_id, resource_id) REFERENCES resources (user_id, id) ON DELETE CASCADE
		)`,
		`CREATE INDEX events_by_uid ON events (user_id, calendar_id, ical_uid)`,
		`CREATE INDEX events_by_resource ON events (user_id, resource_id)`,
		`CREATE INDEX events_unexpandable ON events (user_id, calendar_id, resource_id) WHERE expansion_error IS NOT NULL`,
		`CREATE INDEX events_by_master ON events (user_id, master_id) WHERE master_id IS NOT NULL`,
		// Which series are not wholly materialised where somebody reads (events/unmaterialised-series.ts).
		`CREATE INDEX events_expanded_from ON events (user_id, expanded_from) WHERE kind = 'master'`,
		`CREATE INDEX events_expanded_to ON events (user_id, expanded_to) WHERE kind = 'master'`,

		// \`event_id\` is what the API lists; \`source_event_id\` is the row of events that supplies the content.
		// Floating and all-day ones keep their wall clock, read as if it were UTC.
		`CREATE TABLE occurrences (
			user_id text NOT NULL,
			event_id text COLLATE "C" NOT NULL,
			source_event_id text NOT NULL,
			series_id text NOT NULL,
			calendar_id text NOT NULL,
			kind text NOT NULL CHECK (kind IN ('zoned', 'floating', 'date')),
			starts_at timestamptz NOT NULL,
			ends_at timestamptz NOT NULL,
			cancelled boolean NOT NULL DEFAULT false,
			busy boolean NOT NULL DEFAULT true,
			starts_local text NOT NULL,
			ends_local text NOT NULL,
			PRIMARY KEY (user_id, event_id),
			FOREIGN KEY (user_id, source_event_id) REFERENCES events (user_id, id) ON DELETE CASCADE
		)`,
		// Zoned ones are read in this order; wall clocks have another order in each reader's zone.
		`CREATE INDEX occurrences_zoned ON occurrences (user_id, starts_at, event_id) WHERE kind = 'zoned'`,
		`CREATE INDEX occurrences_local ON occurrences (user_id, starts_at) WHERE kind <> 'zoned'`,
		// So that what began before a range and still runs is found without reading all that is past.
		`CREATE INDEX occurrences_over_a_day ON occurrences (user_id, starts_at) WHERE ends_at - starts_at > interval '1 day'`,
		`CREATE INDEX occurrences_over_a_month ON occurrences (user_id, starts_at)
			WHERE ends_at - starts_at > interval '32 days'`,
		`CREATE INDEX occurrences_by_series ON occurrences (user_id, series_id)`,
		`CREATE INDEX occurrences_by_source ON occurrences (user_id, source_event_id)`,

		`CREATE TABLE runs (
			user_id text NOT NULL,
			id text NOT NULL,
			connection_id text NOT NULL,
			trigger text NOT NULL,
			state text NOT NULL,
			created integer NOT NULL DEFAULT 0,
			updated integer NOT NULL DEFAULT 0,
			deleted integer NOT NULL DEFAULT 0,
			requests integer NOT NULL DEFAULT 0,
			error jsonb,
			rerun boolean NOT NULL DEFAULT false,
			fence bigint NOT NULL DEFAULT 0,
			claimed_until timestamptz,
			started_at timestamptz NOT NULL,
			finished_at timestamptz,
			PRIMARY KEY (user_id, id),
			FOREIGN KEY (user_id, connection_id) REFERENCES connections (user_id, id) ON DELETE CASCADE
		)`,
		`CREATE UNIQUE INDEX runs_one_running ON runs (user_id, connection_id) WHERE state = 'running'`,
		`CREATE INDEX runs_by_connection ON runs (user_id, connection_id, started_at DESC)`,
		`CREATE INDEX runs_abandoned ON runs (claimed_until) WHERE state = 'running'`,

		`CREATE TABLE change_counters (
			user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
			last_seq bigint NOT NULL DEFAULT 0,
			pruned_to bigint NOT NULL DEFAULT 0
		)`,
		`CREATE TABLE changes (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			seq bigint NOT NULL,
			at timestamptz NOT NULL,
			type text NOT NULL,
			entity_id text NOT NULL,
			calendar_id text,
			fields jsonb,
			PRIMARY KEY (user_id, seq)
		)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
