import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../config.ts";
import { smtpTransport } from "../../egress/smtp.ts";
import { buildApp } from "../../http/app.ts";
import { createTestPerson } from "../../testing/people.ts";
import { createTestServices, type TestServices } from "../../testing/services.ts";
import { scanNotifications } from "../due.ts";
import { notifyEndpoints } from "../endpoints.ts";
import { type MailServer, smtpAnswer, startMailServer } from "../testing.ts";
import { checkMail } from "./checkup.ts";
import { sendDueMails } from "./deliver.ts";
import { type NewMail, queueMails } from "./queue.ts";
import { switchMail } from "./switch.ts";

let server: MailServer;
let made: TestServices;
let userId: string;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(async () => {
	server.received.length = 0;
	server.at = () => {};
	made = await createTestServices({}, { env: { SMTP_URL: server.url, MAIL_FROM: "calendar@kalends.example" } });
	({ userId, headers } = await createTestPerson(made.services));
});
afterEach(() => made.close());

const mail = (recipient: string, patch: Partial<NewMail> = {}): NewMail => ({
	kind: "invitation",
	recipient,
	subject: "Invitation",
	content: { reply_to: null, text: "Come.", html: "<p>Come.</p>", calendar: null },
	thread: recipient,
	...patch,
});
const queue = (...mails: readonly NewMail[]) =>
	made.services.db.transaction().execute((tx) => queueMails(tx, made.services, userId, mails));
const send = () => sendDueMails(made.services, userId, new AbortController().signal);
const log = () => made.services.db.selectFrom("mails").selectAll().orderBy("id").execute();
const subjects = () => server.received.map(({ message }) => message.subject);

test("a server that is busy is asked again later, with the same Message-ID, until it takes the mail", async () => {
	let answers = 2;
	server.at = (step) => {
		if (step === "rcpt" && answers-- > 0) throw smtpAnswer(451, "try again");
	};
	await queue(mail("ann@example.com"));
	expect(await send()).toBe(0);
	expect(await log()).toMatchObject([{ state: "queued", attempts: 1, error: { code: "deferred" } }]);
	expect(await send()).toBe(0);
	expect(await log()).toMatchObject([{ attempts: 1 }]);
	made.clock.advance(60_000);
	await send();
	made.clock.advance(120_000);
	expect(await send()).toBe(1);
	const [row] = await log();
	expect(row).toMatchObject({ state: "sent", attempts: 3, error: null, content: null });
	expect(server.received.map(({ message }) => message.messageId)).toEqual([row?.message_id]);
});

test("a recipient that is refused for good fails at once; the others get theirs", async () => {
	server.at = (step, address) => {
		if (step === "rcpt" && address === "gone@example.com") throw smtpAnswer(550, "no such user");
	};
	await queue(mail("gone@example.com"), mail("ann@example.com"));
	await send();
	expect(await log()).toMatchObject([
		{ state: "failed", error: { code: "refused", detail: expect.stringContaining("no such user") } },
		{ state: "sent" },
	]);
});

test("a server that is not there fails nothing until three days are over", async () => {
	const away = await startMailServer();
	await away.close();
	const other = await createTestServices(
		{ db: made.services.db, now: made.clock.now },
		{ env: { SMTP_URL: away.url, MAIL_FROM: "calendar@kalends.example" } },
	);
	await queue(mail("ann@example.com"));
	for (let hour = 0; hour < 71; hour++) {
		await sendDueMails(other.services, userId, new AbortController().signal);
		made.clock.advance(3_600_000);
	}
	expect(await log()).toMatchObject([{ state: "queued", error: { code: "unreachable" } }]);
	made.clock.advance(7_200_000);
	await scanNotifications(made.services, new AbortController().signal);
	expect(await log()).toMatchObject([{ state: "failed", error: { code: "unreachable" } }]);
});

test("a mail that is tried again by hand has the same patience once more, and the log goes on counting", async () => {
	server.at = (step) => {
		if (step === "rcpt") throw smtpAnswer(451, "try again");
	};
	const [id] = await queue(mail("ann@example.com"));
	for (const minutes of [1, 2, 5]) {
		await send();
		made.clock.advance(minutes * 60_000);
	}
	const app = await buildApp(made.services, notifyEndpoints, { verifyResponses: true });
	const attempts = async () => (await app.inject({ url: "/v1/mails", headers })).json().data[0].attempts;
	expect(await attempts()).toBe(3);
	const retried = await app.inject({ method: "POST", url: `/v1/mails/${id}/retry`, headers, payload: {} });
	expect(retried.json()).toMatchObject({ state: "queued", attempts: 3 });
	await send();
	expect(await attempts()).toBe(4);
	// As after the first attempt of all, the next one is a minute away.
	made.clock.advance(60_000);
	server.at = () => {};
	expect(await send()).toBe(1);
	expect(await attempts()).toBe(5);
	await app.close();
});

test("mails of one thread keep their order, whichever of them waits", async () => {
	let busy = true;
	server.at = (step) => {
		if (step === "rcpt" && busy) throw smtpAnswer(421, "busy");
	};
	await queue(mail("ann@example.com", { subject: "1" }));
	await send();
	busy = false;
	await queue(mail("ann@example.com", { subject: "2" }), mail("bob@example.com", { subject: "3" }));
	await send();
	expect(subjects()).toEqual(["3"]);
	made.clock.advance(120_000);
	await send();
	expect(subjects()).toEqual(["3", "1", "2"]);
});

test("nothing leaves while an administrator has stopped it", async () => {
	await switchMail(made.services.db, false, made.services.now());
	await queue(mail("ann@example.com"));
	expect(await send()).toBe(0);
	await switchMail(made.services.db, true, made.services.now());
	expect(await send()).toBe(1);
});

test("mail that was stopped for a week is sent after it, reminders are not", async () => {
	await switchMail(made.services.db, false, made.services.now());
	await queue(mail("ann@example.com"), mail("bob@example.com", { kind: "reminder" }));
	made.clock.advance(7 * 86_400_000);
	await scanNotifications(made.services, new AbortController().signal);
	expect(await log()).toMatchObject([{ state: "queued" }, { state: "failed", error: { code: "expired" } }]);
	await switchMail(made.services.db, true, made.services.now());
	await scanNotifications(made.services, new AbortController().signal);
	expect(await send()).toBe(1);
	expect(await log()).toMatchObject([{ state: "sent" }, { state: "failed" }]);
});

test("mail that was stopped has its three days when it goes on, also with a server that does not take it at once", async () => {
	await switchMail(made.services.db, false, made.services.now());
	await queue(mail("ann@example.com"));
	made.clock.advance(7 * 86_400_000);
	await switchMail(made.services.db, true, made.services.now());
	server.at = (step) => {
		if (step === "rcpt") throw smtpAnswer(451, "try again");
	};
	await send();
	expect(await log()).toMatchObject([{ state: "queued", error: { code: "deferred" } }]);
	// Switched on again, it is given no more time.
	made.clock.advance(71 * 3_600_000);
	await switchMail(made.services.db, true, made.services.now());
	made.clock.advance(2 * 3_600_000);
	await scanNotifications(made.services, new AbortController().signal);
	expect(await log()).toMatchObject([{ state: "failed", error: { code: "deferred" } }]);
});

test("senders beside each other send each mail once", async () => {
	await queue(...Array.from({ length: 20 }, (_, index) => mail(`guest${index}@example.com`)));
	await Promise.all([send(), send(), send()]);
	expect(new Set(server.received.map(({ envelope }) => envelope.to.join())).size).toBe(20);
	expect(server.received).toHaveLength(20);
});

test.each(["mail", "rcpt", "data", "taken"] as const)(
	"a sender that is killed at %s loses and doubles nothing but one mail, which has the same Message-ID",
	async (where) => {
		await queue(...["a", "b", "c"].map((name) => mail(`${name}@example.com`)));
		const { database, services } = made;
		const script = resolve(import.meta.dirname, "../../testing/mail-sender.ts");
		const child = spawn(process.execPath, [script, database?.url ?? "", server.url, userId, String(services.now())]);
		const ended = once(child, "exit");
		let seen = 0;
		server.at = async (step) => {
			if (step !== where || ++seen !== 2) return;
			child.kill("SIGKILL");
			await ended;
		};
		expect(await ended).toEqual([null, "SIGKILL"]);
		server.at = () => {};
		// What the server had in hand as the sender died it finishes, or not, without anybody listening.
		await expect
			.poll(() => server.received.length)
			.toBeGreaterThanOrEqual(where === "taken" || where === "data" ? 2 : 1);
		await services.db
			.updateTable("mails")
			.set({ claimed_until: new Date(0) })
			.where("state", "=", "queued")
			.execute();
		await send();
		const rows = await log();
		expect(rows.map(({ state }) => state)).toEqual(["sent", "sent", "sent"]);
		const ids = server.received.map(({ message }) => message.messageId);
		expect(new Set(ids)).toEqual(new Set(rows.map(({ message_id }) => message_id)));
		expect(ids.length).toBeLessThanOrEqual(4);
	},
);

describe("kalends doctor", () => {
	const check = (env: Readonly<Record<string, string>>) => {
		const config = loadConfig(env);
		return checkMail({ config, mail: config.mail === null ? null : smtpTransport(config.mail.server) });
	};

	test("greets the mail server and signs in, and sends nothing", async () => {
		const strict = await startMailServer({
			disabledCommands: [],
			allowInsecureAuth: true,
			onAuth: ({ username, password }, _session, callback) =>
				callback(username === "user@example.com" && password === "p/w:" ? null : new Error("wrong password"), {
					user: 1,
				}),
		});
		const url = (password: string) => strict.url.replace("//", `//user%40example.com:${password}@`);
		const from = { MAIL_FROM: "calendar@kalends.example" };
		expect(await check({ ...from, SMTP_URL: url("p%2Fw%3A") })).toContain("takes mail from calendar@kalends.example");
		await expect(check({ ...from, SMTP_URL: url("other") })).rejects.toThrow(/refused the user name or password/);
		expect(strict.received).toEqual([]);
		await strict.close();
	});

	test("says what is missing", async () => {
		expect(await check({})).toMatch(/^off;/);
		expect(await check({ SMTP_URL: server.url })).toContain("MAIL_FROM is not set");
		await expect(check({ SMTP_URL: "smtp://127.0.0.1:1" })).rejects.toThrow(/does not accept connections/);
	});
});

test.each([
	["http://mail.example.com", "is not the address of a mail server"],
	["smtp://user:p@ss/word@mail.example.com", "behind the host"],
	["smtp://u%zz:p@mail.example.com", "holds a %"],
])("SMTP_URL %s is refused, and not repeated", (SMTP_URL, said) => {
	const load = () => loadConfig({ SMTP_URL, MAIL_FROM: "x@example.com" });
	expect(load).toThrow(said);
	expect(load).not.toThrow(SMTP_URL);
	expect(() => loadConfig({ SMTP_URL: "smtp://mail.example.com", MAIL_FROM: "nobody" })).toThrow("MAIL_FROM");
});
