import { setTimeout } from "node:timers/promises";
import { seededRandom } from "@kalends/model";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import { type MailServer, startMailServer } from "../packages/server/src/notify/testing.ts";
import { type Receiver, startReceiver } from "../packages/server/src/testing/receiver.ts";
import { type CalendarBody, connect, type EventBody, followChanges, listAll } from "./support/api.ts";
import { embeddedDatabase } from "./support/database.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { untilNothingWaits } from "./support/two-sides.ts";
import { until } from "./support/until.ts";

/** Kills of the whole server while it tells others of what is written: webhooks and mails. */

const KILLS = Number(process.env.KALENDS_DELIVERY_KILLS ?? 6);
const SEED = Number(process.env.KALENDS_KILL_SEED ?? 1);

let radicale: Radicale;
let mail: MailServer;
let receiver: Receiver;
let kalends: Kalends;
const env = () => ({ SMTP_URL: mail.url, MAIL_FROM: "Calendar <calendar@kalends.example>" });

beforeAll(async () => {
	[radicale, mail, receiver] = await Promise.all([startRadicale(), startMailServer(), startReceiver()]);
	kalends = await startKalends({ env: env() });
});
afterAll(async () => {
	await kalends?.dispose();
	await Promise.all([radicale?.stop(), mail?.close(), receiver?.close()]);
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

interface Delivery {
	readonly id: string;
	readonly number: number;
	readonly state: string;
	readonly request: { readonly headers: Readonly<Record<string, string>> | null };
}

it(`kill -9 at ${KILLS} random moments loses no webhook and no mail, keeps their order, and repeats few`, {
	timeout: 90_000 + KILLS * 20_000,
}, async () => {
	await radicale.createCalendar("work", { displayName: "Work" });
	const { username, password } = radicale;
	await connect(kalends, { provider: "caldav", url: radicale.url.href, username, password });
	const [calendar] = await listAll<CalendarBody>(kalends, "/v1/calendars");
	const webhook = await kalends.request<{ id: string; secret: string }>("POST", "/v1/webhooks", {
		url: receiver.url,
		types: ["event.*"],
	});
	const verifier = new Verifier(webhook.secret);
	const changed = await followChanges(kalends);
	const random = seededRandom(SEED);
	// Some are refused once, as by a receiver that is restarted; what is killed meanwhile has to remember them.
	receiver.answers = Array.from({ length: 2_000 }, () => ({ status: random() < 0.03 ? 503 : 200 }));

	let over = false;
	let written = 0;
	const write = async (writer: number) => {
		// What is killed before its answer is not asked for again: what came of it is seen below.
		const ask = async <T>(method: string, path: string, body: object) => {
			const answer = await kalends.fetch(method, path, body).catch(() => null);
			return answer?.ok === true ? ((await answer.json().catch(() => null)) as T | null) : null;
		};
		while (!over) {
			const at = (hour: number) => ({ date_time: `2027-05-0${writer}T${hour}:00:00`, time_zone: "Europe/Berlin" });
			const number = ++written;
			const event = await ask<EventBody>("POST", "/v1/events", {
				...{ calendar_id: calendar?.id, title: `Made ${number}`, start: at(10), end: at(11) },
				// A person may mail 500 guests a day.
				participants: number % 3 === 0 ? [{ email: `guest${number}@example.net` }] : [],
			});
			if (event === null) await setTimeout(300);
			else await ask("PATCH", `/v1/events/${event.id}`, { title: `Changed ${number}` });
		}
	};
	const writers = Array.from({ length: 8 }, (_, index) => write(index + 1));
	const failed = Promise.race(writers);
	for (let kill = 1; kill <= KILLS; kill++) {
		const more = 1 + Math.floor(random() * 25);
		await Promise.race([failed, receiver.until(receiver.received.length + more)]);
		await setTimeout(random() * 30);
		await kalends.stop("SIGKILL");
		if (random() < 0.2) process.kill((await embeddedDatabase(kalends.dataDir)).pid, "SIGKILL");
		const port = Number(new URL(kalends.url).port);
		kalends = await startKalends({ dataDir: kalends.dataDir, env: env(), port });
	}
	over = true;
	await Promise.all(writers);
	await untilNothingWaits(kalends);

	const log = () => listAll<Delivery>(kalends, `/v1/webhooks/${webhook.id}/deliveries`);
	const changes = (await changed()).filter(({ type }) => type.startsWith("event."));
	const deliveries = await until("everything to be delivered", async () => {
		const all = await log();
		return all.length >= changes.length && all.every(({ state }) => state === "delivered") && all;
	});
	expect(deliveries.map(({ number }) => number)).toEqual(changes.map((_, index) => changes.length - index));
	const numberOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
		Number(headers["kalends-sequence"]);
	expect([...new Set(receiver.received.map(numberOf))].toSorted((a, b) => a - b)).toEqual(
		changes.map((_, index) => index + 1),
	);
	const told = new Map<string, number[]>();
	for (const received of receiver.received) {
		verifier.verify(received.body, received.headers);
		const id = String(received.message.data.id);
		told.set(id, [...(told.get(id) ?? []), numberOf(received)]);
	}
	for (const [id, numbers] of told) expect(numbers, id).toEqual(numbers.toSorted((a, b) => a - b));

	const mails = await until("every mail to be sent", async () => {
		const all = await listAll<{ state: string; message_id: string; kind: string; recipient: string }>(
			kalends,
			"/v1/mails",
		);
		return all.length > 0 && all.every(({ state }) => state === "sent") && all;
	});
	const events = await listAll<
		EventBody & { readonly participants: readonly { readonly email: string; readonly organizer: boolean }[] }
	>(kalends, "/v1/events?from=2027-05-01&to=2027-06-01");
	const guests = events.flatMap(({ participants }) =>
		participants.flatMap(({ email, organizer }) => (organizer ? [] : email)),
	);
	const invited = mails.filter(({ kind }) => kind === "invitation").map(({ recipient }) => recipient);
	expect(invited.toSorted()).toEqual(guests.toSorted());
	const arrived = new Map<string, number>();
	for (const { message } of mail.received) {
		const id = message.messageId ?? "";
		arrived.set(id, (arrived.get(id) ?? 0) + 1);
	}
	expect([...arrived.keys()].toSorted()).toEqual(mails.map(({ message_id }) => message_id).toSorted());
	const repeated = mail.received.length - arrived.size;
	expect(repeated).toBeLessThanOrEqual(KILLS);
	const sequences = Map.groupBy(mail.received, ({ envelope }) => envelope.to.join());
	for (const [guest, letters] of sequences) {
		const numbers = letters.map(({ calendar: part }) => Number(/^SEQUENCE:(\d+)/m.exec(part?.text ?? "")?.[1]));
		expect(numbers, guest).toEqual(numbers.toSorted((a, b) => a - b));
	}
});
