import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { event, zoned } from "@kalends/model/testing";
import { sql } from "kysely";
import { loadConfig } from "../packages/server/src/config.ts";
import { smtpTransport } from "../packages/server/src/egress/smtp.ts";
import { type Foundation, openFoundation } from "../packages/server/src/foundation.ts";
import { startJobs } from "../packages/server/src/jobs/boss.ts";
import { sendDueMails } from "../packages/server/src/notify/mail/deliver.ts";
import { queueMails } from "../packages/server/src/notify/mail/queue.ts";
import { remindDue } from "../packages/server/src/notify/reminders/remind-due.ts";
import { startMailServer } from "../packages/server/src/notify/testing.ts";
import { createLifecycle } from "../packages/server/src/observability/lifecycle.ts";
import { createMetrics } from "../packages/server/src/observability/metrics.ts";
import type { Services } from "../packages/server/src/services.ts";
import { createFollowers } from "../packages/server/src/stream/followers.ts";
import { type Benchmark, milliseconds, percentile } from "./report.ts";

const USERS = 1_000;
const SERIES = 10;
const EACH = 100;
/** People whose occurrences are written by one statement. */
const BATCH = 50;
const LOOKS = 200;
const MAILS = 200;
/** What a look takes of the ten seconds between two. */
const BUDGET_MS = 250;
const MAIL_BUDGET_MS = 250;
const NOW = Date.parse("2026-12-01T06:00:00Z");

/**
 * Looking for due reminders among a million occurrences of a thousand people, ten seconds at a time, against the same
 * question put to the table without leads; and a mail from its commit to the mail server's hands.
 */
export const reminders: Benchmark = {
	name: "reminders",
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), "kalends-bench-"));
		const server = await startMailServer();
		const env = { KALENDS_DATA_DIR: dataDir, LOG_LEVEL: "error", SMTP_URL: server.url, MAIL_FROM: "bench@example.com" };
		const config = loadConfig(env);
		const foundation = await openFoundation(config, { owner: true });
		const metrics = createMetrics();
		const jobs = await startJobs({
			databaseUrl: foundation.access.url,
			log: foundation.services.log,
			metrics,
			worker: true,
		});
		try {
			let now = NOW;
			const services: Services = {
				...foundation.services,
				now: () => now,
				http: () => Promise.reject(new Error("no network")),
				providers: new Map(),
				mail: config.mail === null ? null : smtpTransport(config.mail.server),
				jobs,
				metrics,
				lifecycle: createLifecycle(),
				followers: createFollowers(),
			};
			const occurrences = await fill(foundation);
			const { signal } = new AbortController();
			await remindDue(services, signal);
			const looks: number[] = [];
			let given = 0;
			for (let look = 0; look < LOOKS; look++) {
				now += 10_000;
				const began = performance.now();
				given += await remindDue(services, signal);
				looks.push(performance.now() - began);
			}
			const naive: number[] = [];
			for (let look = 0; look < 3; look++) naive.push(await withoutLeads(foundation, now));
			const p99 = percentile(looks, 0.99);
			const delivered = await deliver(services, jobs, server);
			return [
				{
					work: `reminders due, ${occurrences.toLocaleString("en")} occurrences of ${USERS} people, one look`,
					measured: `p50 ${milliseconds(percentile(looks, 0.5))}, p99 ${milliseconds(p99)}, ${given} given in ${LOOKS} looks`,
					yardstick: `reading four weeks of the index ${milliseconds(percentile(naive, 0.5))}`,
					ratio: null,
					budget: `p99 <= ${BUDGET_MS} ms`,
					met: p99 <= BUDGET_MS && given > 0,
				},
				{
					work: "a mail, from its commit to the mail server's hands",
					measured: `p50 ${milliseconds(percentile(delivered, 0.5))}, p99 ${milliseconds(percentile(delivered, 0.99))}`,
					yardstick: "npm smtp-server on this machine",
					ratio: null,
					budget: `p99 <= ${MAIL_BUDGET_MS} ms`,
					met: percentile(delivered, 0.99) <= MAIL_BUDGET_MS,
				},
			];
		} finally {
			await jobs.stop(5_000);
			await foundation.close();
			await server.close();
			await rm(dataDir, { recursive: true, force: true });
		}
	},
};

/** Weekday-like series at all times of the day, each with a reminder by popup ten minutes, or a day, before. */
async function fill({ services: { db } }: Foundation): Promise<number> {
	const data = event({ start: zoned("2026-12-01T09:00:00"), title: "Standup" });
	const withLead = (minutes: number) =>
		JSON.stringify({ ...data, reminders: { use_default: false, overrides: [{ method: "popup", minutes }] } });
	const at = new Date(NOW);
	const statements = [
		sql`INSERT INTO users (id, email, name, time_zone)
			SELECT 'usr_' || u, u || '@example.com', 'Person', 'Europe/Berlin' FROM generate_series(1, ${USERS}::int) u`,
		sql`INSERT INTO connections (user_id, id, provider, name, account, status, status_since, credentials, created_at)
			SELECT 'usr_' || u, 'con_' || u, 'caldav', 'Work', 'work', 'active', ${at}, '', ${at} FROM generate_series(1, ${USERS}::int) u`,
		sql`INSERT INTO calendars (user_id, id, connection_id, provider_calendar_id, name, access, status, status_since, created_at)
			SELECT 'usr_' || u, 'cal_' || u, 'con_' || u, 'work', 'Work', 'owner', 'active', ${at}, ${at} FROM generate_series(1, ${USERS}::int) u`,
		sql`INSERT INTO resources (user_id, id, calendar_id, provider_resource_id, raw)
			SELECT 'usr_' || u, 'res_' || s, 'cal_' || u, s::text, '' FROM generate_series(1, ${USERS}::int) u, generate_series(1, ${SERIES}::int) s`,
		sql`INSERT INTO events (user_id, id, calendar_id, resource_id, kind, ical_uid, content_hash, search, data, created_at, updated_at)
			SELECT 'usr_' || u, 'evt_' || s, 'cal_' || u, 'res_' || s, 'master', s::text, '', '',
				CASE WHEN s % 2 = 0 THEN ${withLead(10)}::jsonb ELSE ${withLead(1_440)}::jsonb END, ${at}, ${at}
			FROM generate_series(1, ${USERS}::int) u, generate_series(1, ${SERIES}::int) s`,
		...Array.from({ length: USERS / BATCH }, (_, index) => occurrencesOf(index * BATCH + 1, (index + 1) * BATCH, at)),
		sql`INSERT INTO reminder_leads SELECT 'usr_' || u, m FROM generate_series(1, ${USERS}::int) u, unnest(ARRAY[10, 1440]) m`,
		sql`ANALYZE`,
	];
	for (const statement of statements) await statement.execute(db);
	return USERS * SERIES * EACH;
}

function occurrencesOf(first: number, last: number, at: Date) {
	return sql`INSERT INTO occurrences (user_id, event_id, source_event_id, series_id, calendar_id, kind, starts_at, ends_at, starts_local, ends_local)
		SELECT 'usr_' || u, 'evt_' || s || '.' || o, 'evt_' || s, 'evt_' || s, 'cal_' || u, 'zoned', t, t + interval '30 minutes',
			to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS'), to_char(t + interval '30 minutes', 'YYYY-MM-DD"T"HH24:MI:SS')
		FROM generate_series(${first}::int, ${last}::int) u, generate_series(1, ${SERIES}::int) s, generate_series(0, ${EACH - 1}::int) o,
			LATERAL (SELECT ${at}::timestamptz + o * interval '4 days' + ((u * 37 + s * 131) % 1440) * interval '1 minute' AS t) x`;
}

/** What has to be read where nothing is known of leads: all that begins in the longest lead that there may be. */
async function withoutLeads({ services: { db } }: Foundation, now: number): Promise<number> {
	const began = performance.now();
	await sql`
		SELECT o.user_id, o.event_id FROM occurrences o JOIN events e ON e.user_id = o.user_id AND e.id = o.source_event_id,
			jsonb_array_elements(e.data #> '{reminders,overrides}') r
		WHERE o.starts_at > ${new Date(now)} AND o.starts_at <= ${new Date(now)}::timestamptz + interval '28 days'
			AND o.starts_at - (r ->> 'minutes')::int * interval '1 minute' BETWEEN ${new Date(now - 10_000)} AND ${new Date(now)}`.execute(
		db,
	);
	return performance.now() - began;
}

async function deliver(
	services: Services,
	jobs: Awaited<ReturnType<typeof startJobs>>,
	server: Awaited<ReturnType<typeof startMailServer>>,
): Promise<number[]> {
	await jobs.work({
		"mail.send": async ({ user_id }, signal) => {
			await sendDueMails(services, user_id, signal);
		},
	});
	const times: number[] = [];
	for (let index = -5; index < MAILS; index++) {
		const taken = Promise.withResolvers<void>();
		server.at = (step) => {
			if (step === "taken") taken.resolve();
		};
		const content = { reply_to: null, text: "Come.", html: "<p>Come.</p>", calendar: null };
		const recipient = `guest${index + 5}@example.com`;
		await services.db
			.transaction()
			.execute((tx) =>
				queueMails(tx, services, `usr_${index + 6}`, [
					{ kind: "invitation", recipient, subject: "Come", content, thread: recipient },
				]),
			);
		const began = performance.now();
		await taken.promise;
		if (index >= 0) times.push(performance.now() - began);
	}
	return times;
}
