import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clusterUrl, readServer } from "../db/embedded/cluster.ts";
import { placeCluster } from "../db/embedded/placement.ts";
import { MIGRATIONS } from "../db/migrate.ts";
import { startMailServer } from "../notify/testing.ts";
import { runCommandLine, type StartedServer, startCommandLine } from "../testing/command-line.ts";
import { createTestDataFolder, type TestDataFolder } from "../testing/data-folder.ts";

let data: TestDataFolder;
let env: Record<string, string>;
let server: StartedServer | null = null;

/** In order: the commands work alone first, then beside a server. */
beforeAll(async () => {
	data = await createTestDataFolder();
	env = { KALENDS_DATA_DIR: data.path, KALENDS_ALLOWED_PRIVATE_HOSTS: "127.0.0.1" };
});

afterAll(async () => {
	await server?.end("SIGTERM");
	await data.remove();
});

const kalends = (args: readonly string[], input = "") => runCommandLine(args, env, input);

test("--help names every command and the exit codes", async () => {
	const help = await kalends(["--help"]);
	expect(help.exitCode).toBe(0);
	for (const word of ["start", "migrate", "user", "api-key", "doctor", "verify", "keys", "Exit codes"]) {
		expect(help.stdout).toContain(word);
	}
	const nested = await kalends(["user", "add", "--help"]);
	expect(nested).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("--password-stdin") });
});

test("what it does not know is a wrong use", async () => {
	expect(await kalends(["fly"])).toMatchObject({ exitCode: 2, stdout: "" });
	expect(await kalends(["user", "add"])).toMatchObject({ exitCode: 2 });
	const bad = await kalends(["user", "add", "nobody", "--password", "short"]);
	expect(bad).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/email.*--password/) });
	const zone = await kalends(["user", "add", "a@example.com", "--no-password", "--time-zone", "Mars/Olympus"]);
	expect(zone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--time-zone: Use an IANA") });
});

test("with --json a wrong use is told in JSON too", async () => {
	for (const args of [["fly"], ["user", "add"], ["user", "add", "a@example.com", "--fly"], ["user", "add", "nobody"]]) {
		const { exitCode, stdout, stderr } = await kalends([...args, "--json"]);
		expect([exitCode, stderr]).toEqual([2, ""]);
		expect(JSON.parse(stdout)).toEqual({ error: { code: "usage", message: expect.stringMatching(/^[^\n]+$/) } });
	}
});

test("before the first start the doctor finds nothing wrong with a database that has no tables yet", async () => {
	const google = { GOOGLE_ISSUER: "http://127.0.0.1:9", GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };
	const { stdout } = await runCommandLine(["doctor", "--json"], { ...env, ...google });
	const { findings } = JSON.parse(stdout) as { findings: { check: string; ok: boolean; detail: string }[] };
	const wrong = findings.filter(({ ok }) => !ok).map(({ check }) => check);
	expect(wrong).toEqual(["google client", "google clock"]);
	for (const check of ["keys", "connections", "webhooks", "google consents"]) {
		expect(findings).toContainEqual({ check, ok: true, detail: expect.stringContaining("kalends migrate") });
	}
});

test("without a server the database runs for as long as the command", async () => {
	const migrated = await kalends(["migrate", "--json"]);
	expect(migrated).toMatchObject({ exitCode: 0, stderr: "" });
	expect(JSON.parse(migrated.stdout)).toEqual({
		applied: Object.keys(MIGRATIONS),
	});
	expect(await readServer(await placeCluster(data.path))).toBeNull();
	expect((await kalends(["migrate"])).stdout).toContain("at this version already");
});

test("the first user is the administrator; an address is taken once", async () => {
	const first = await kalends(["user", "add", "ann@example.com", "--password-stdin", "--json"], "correct horse\r\n");
	expect(first.exitCode).toBe(0);
	expect(JSON.parse(first.stdout)).toMatchObject({ email: "ann@example.com", role: "admin" });
	const second = await kalends(["user", "add", "bob@example.com", "--no-password", "--time-zone", "Europe/Berlin"]);
	expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Made user bob@example.com") });
	const again = await kalends(["user", "add", "Ann@example.com", "--no-password", "--json"]);
	expect(again.exitCode).toBe(1);
	expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "email_taken" } });
});

test("beside a running server: a key that works there at once, and a doctor that finds all well", async () => {
	server = await startCommandLine(env);
	const made = await kalends(["api-key", "create", "--user", "ann@example.com", "--scope", "read,write"]);
	expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^kal_\S+\n$/) });
	const me = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${made.stdout.trim()}` } });
	expect(await me.json()).toMatchObject({ email: "ann@example.com" });
	const signedIn = await fetch(`${server.url}/api/auth/sign-in/email`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ email: "ann@example.com", password: "correct horse" }),
	});
	expect(signedIn.status).toBe(200);
	expect(await kalends(["api-key", "create", "--user", "bob@example.com", "--scope", "admin"])).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining("no administrator"),
	});
	expect(await kalends(["verify"])).toMatchObject({ exitCode: 0, stdout: "There are no connections.\n" });
	const unknown = await kalends(["api-key", "create", "--user", "eve@example.com"]);
	expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("eve@example.com") });

	const healthy = await kalends(["doctor", "--json"]);
	expect(healthy.exitCode).toBe(0);
	const { findings } = JSON.parse(healthy.stdout);
	expect(findings).toContainEqual({ check: "server", ok: true, detail: "running" });
	expect(findings.every((finding: { ok: boolean }) => finding.ok)).toBe(true);
	const ill = await runCommandLine(["doctor"], { ...env, PORT: "x" });
	expect(ill).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("FAIL configuration") });
});

test("keys are listed, rotated and removed beside a running server, which stays ready", async () => {
	const list = async () => JSON.parse((await kalends(["keys", "list", "--json"])).stdout).keys;
	const [old] = await list();
	expect(old).toMatchObject({ seals: true, secrets: 0 });
	expect(await kalends(["keys", "remove", old.id])).toMatchObject({ exitCode: 1 });
	const added = JSON.parse((await kalends(["keys", "add", "--json"])).stdout);
	expect(await list()).toEqual([
		{ id: added.id, seals: true, secrets: 0 },
		{ id: old.id, seals: false, secrets: 0 },
	]);
	expect(JSON.parse((await kalends(["keys", "rewrap", "--json"])).stdout)).toEqual({
		rewrapped: 0,
		unopenable: [],
	});
	expect(await kalends(["keys", "remove", old.id])).toMatchObject({ exitCode: 0 });
	expect(await list()).toEqual([{ id: added.id, seals: true, secrets: 0 }]);
	expect((await fetch(`${server?.url}/readyz`)).status).toBe(200);
});

test("the doctor names what keeps mail, webhooks and payments from working, and the fix", async () => {
	const made = await kalends(["api-key", "create", "--user", "ann@example.com", "--scope", "read,write"]);
	const answer = await fetch(`${server?.url}/v1/webhooks`, {
		method: "POST",
		headers: { authorization: `Bearer ${made.stdout.trim()}`, "content-type": "application/json" },
		body: JSON.stringify({ url: "http://127.0.0.1:9/secret-path" }),
	});
	expect(answer.status).toBe(201);
	const { id } = (await answer.json()) as { id: string };
	const cluster = await placeCluster(data.path);
	const client = new pg.Client({ connectionString: await clusterUrl(cluster, (await readServer(cluster))?.port ?? 0) });
	await client.connect();
	const disable = (reason: string) =>
		client.query("update webhooks set status = 'disabled', status_reason = $1 where id = $2", [reason, id]);
	const mail = await startMailServer();

	const examine = async (more: Readonly<Record<string, string>>) => {
		const { exitCode, stdout } = await runCommandLine(["doctor", "--json"], { ...env, ...more });
		const { findings } = JSON.parse(stdout) as { findings: { check: string; ok: boolean; detail: string }[] };
		expect(exitCode).toBe(findings.every(({ ok }) => ok) ? 0 : 1);
		return Object.fromEntries(findings.map(({ check, ok, detail }) => [check, `${ok ? "ok" : "FAIL"} ${detail}`]));
	};
	const STRIPE = { STRIPE_SECRET_KEY: "sk_test_1", STRIPE_WEBHOOK_SECRET: "whsec_12345678" };
	const PAYMENTS_WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
	const off = await examine({});
	expect(off.mail).toMatch(/^ok off; docs\/mail\.md says how/);
	expect(off.payments).toMatch(/^ok Stripe is off.*; other systems are off/);
	expect(off.webhooks).toBe("ok 1, 0 of them disabled");

	await disable("by_hand");
	const FROM = { SMTP_URL: mail.url, MAIL_FROM: "calendar@example.com" };
	const on = await examine({ ...FROM, ...STRIPE, PAYMENTS_WEBHOOK_SECRET });
	expect(on.mail).toMatch(/^ok .*takes mail from calendar@example\.com$/);
	expect(on.payments).toMatch(
		/^ok .*\/webhooks\/stripe \(test mode only\); other systems send to .*\/webhooks\/payments$/,
	);
	expect(on.webhooks).toBe("ok 1, 1 of them disabled");

	await mail.close();
	await disable("gone");
	const wrong = await examine({ ...FROM, STRIPE_SECRET_KEY: "sk_test_1" });
	expect(wrong.mail).toMatch(/^FAIL .*does not accept connections.* Check SMTP_URL\.$/);
	expect(wrong.payments).toMatch(/^FAIL .*STRIPE_WEBHOOK_SECRET is not.* Set the signing secret .*\/webhooks\/stripe/);
	expect(wrong.webhooks).toMatch(new RegExp(`^FAIL .*${id} of ann@example.com .*resume it .*PATCH /v1/webhooks/`));
	expect(wrong.webhooks).not.toContain("secret-path");
	const short = await examine({ PAYMENTS_WEBHOOK_SECRET: "short" });
	expect(short.configuration).toMatch(/^FAIL .*PAYMENTS_WEBHOOK_SECRET.*openssl rand -base64 32/);
	await client.end();
});
