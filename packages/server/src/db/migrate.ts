import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { DatabaseError } from "./errors.ts";
import * as initial from "./migrations/0001_initial.ts";
import * as writes from "./migrations/0002_writes.ts";
import * as oauth from "./migrations/0003_oauth.ts";
import * as channels from "./migrations/0004_channels.ts";
import * as budgets from "./migrations/0005_budgets.ts";
import * as notify from "./migrations/0006_notify.ts";
import * as webhooks from "./migrations/0007_webhooks.ts";
import * as bookings from "./migrations/0008_bookings.ts";
import * as preferences from "./migrations/0009_preferences.ts";
import * as splitCuts from "./migrations/0010_split_cuts.ts";
import * as endedAccess from "./migrations/0011_ended_access.ts";
import * as moves from "./migrations/0012_moves.ts";
import * as ticketOpenings from "./migrations/0013_ticket_openings.ts";
import * as paidMails from "./migrations/0014_paid_mails.ts";
import * as statelessOpenings from "./migrations/0015_stateless_openings.ts";
import * as consentReturns from "./migrations/0016_consent_returns.ts";
import * as mailedSequences from "./migrations/0017_mailed_sequences.ts";
import * as told from "./migrations/0018_told.ts";
import * as renewedConsents from "./migrations/0019_renewed_consents.ts";
import * as paymentProblems from "./migrations/0020_payment_problems.ts";
import type { Database } from "./schema.ts";

/** In order; a released one is never changed. Imported one by one, so that a bundle or a type check misses none. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
	"0001_initial": initial,
	"0002_writes": writes,
	"0003_oauth": oauth,
	"0004_channels": channels,
	"0005_budgets": budgets,
	"0006_notify": notify,
	"0007_webhooks": webhooks,
	"0008_bookings": bookings,
	"0009_preferences": preferences,
	"0010_split_cuts": splitCuts,
	"0011_ended_access": endedAccess,
	"0012_moves": moves,
	"0013_ticket_openings": ticketOpenings,
	"0014_paid_mails": paidMails,
	"0015_stateless_openings": statelessOpenings,
	"0016_consent_returns": consentReturns,
	"0017_mailed_sequences": mailedSequences,
	"0018_told": told,
	"0019_renewed_consents": renewedConsents,
	"0020_payment_problems": paymentProblems,
};

/**
 * Brings the database to this version; concurrent callers wait for each other. Returns the names it applied.
 * @throws DatabaseError `database_newer` when a newer version has migrated it, `migration_failed` when one fails
 * (nothing of it is kept).
 */
export async function migrateToLatest(db: Kysely<Database>): Promise<readonly string[]> {
	await assertNotNewer(db);
	const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
	const { error, results } = await migrator.migrateToLatest();
	if (error !== undefined) {
		const failed = results?.find((result) => result.status === "Error")?.migrationName ?? "a migration";
		const reason = error instanceof Error ? error.message : String(error);
		throw new DatabaseError(
			"migration_failed",
			`The database could not be brought to this version: ${failed}: ${reason}`,
			{
				cause: error,
			},
		);
	}
	return (results ?? []).map((result) => result.migrationName);
}

/** Names of the migrations that the database has not had, in order. */
export async function pendingMigrations(db: Kysely<Database>): Promise<readonly string[]> {
	const applied = new Set(await appliedMigrations(db));
	return Object.keys(MIGRATIONS).filter((name) => !applied.has(name));
}

/** @throws DatabaseError `database_newer` */
export async function assertNotNewer(db: Kysely<Database>): Promise<void> {
	const unknown = (await appliedMigrations(db)).filter((name) => !Object.hasOwn(MIGRATIONS, name));
	if (unknown.length === 0) return;
	throw new DatabaseError(
		"database_newer",
		`The database was migrated by a newer version of Kalends (${unknown.join(", ")}). Start that version, or restore a backup made before it.`,
	);
}

async function appliedMigrations(db: Kysely<Database>): Promise<readonly string[]> {
	const table = await sql<{ present: boolean }>`select to_regclass('kysely_migration') is not null as present`.execute(
		db,
	);
	if (table.rows[0]?.present !== true) return [];
	const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
	return applied.rows.map((row) => row.name);
}
