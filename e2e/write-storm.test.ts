import { seededRandom } from "@kalends/model";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import { type CalendarBody, type EventBody, listAll, sync } from "./support/api.ts";
import { type ChaosProxy, FAULTS, startChaosProxy } from "./support/chaos-proxy.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { connectBothSides, untilNothingWaits } from "./support/two-sides.ts";
import { until } from "./support/until.ts";

const SEED = Number(process.env.KALENDS_STORM_SEED ?? 1);
const ROUNDS = Number(process.env.KALENDS_STORM_ROUNDS ?? 8);
/** Of each side, in each round. */
const WRITES = 6;
const RATE = 0.3;
const YEAR = "from=2027-01-01&to=2028-01-01";

let radicale: Radicale;
let proxy: ChaosProxy;
let kalends: Kalends;

beforeAll(async () => {
	radicale = await startRadicale();
	proxy = await startChaosProxy(radicale.url, seededRandom(SEED));
	kalends = await startKalends({ env: { KALENDS_POLL_INTERVAL: "5" } });
});
afterAll(async () => {
	await kalends?.dispose();
	await proxy?.stop();
	await radicale?.stop();
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

it("writes from both sides through a network that drops, delays, doubles, cuts and refuses all arrive once", {
	timeout: 600_000,
}, async () => {
	const { sides, connectionId } = await connectBothSides(() => kalends, radicale, proxy.url, SEED + 1);
	const random = seededRandom(SEED + 2);
	const events = () => listAll<EventBody>(kalends, `/v1/events?${YEAR}&connection_id=${connectionId}`);

	proxy.setFaultRate(RATE);
	for (let round = 0; round < ROUNDS; round++) {
		await Promise.all([
			repeat(WRITES, () => sides.writeHere()),
			repeat(WRITES, () => sides.writeThere()),
			...(random() < 0.7 ? [kalends.fetch("POST", `/v1/connections/${connectionId}/sync?wait=true`)] : []),
		]);
		sides.learnIds(await events());
	}

	proxy.setFaultRate(0);
	await untilNothingWaits(kalends);
	await until("a sync to end well", async () => (await sync(kalends, connectionId)).state === "done");
	await untilNothingWaits(kalends);
	expect(await sync(kalends, connectionId)).toMatchObject({ state: "done" });
	const before = proxy.reached.get("PUT");
	expect(await sync(kalends, connectionId)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
	expect(proxy.reached.get("PUT")).toBe(before);
	expect(await sides.faults()).toEqual([]);
	const { stdout } = await kalends.command("verify", "--json");
	expect(JSON.parse(stdout)).toMatchObject({ connections: [{ error: null, differences: [] }] });
	for (const fault of FAULTS) expect([fault, proxy.counts[fault]]).not.toEqual([fault, 0]);
});

it.each([400, 403])(
	"a series whose new part the server refuses by %i is put back there and here, with the days that it leaves out",
	async (status) => {
		const [calendar] = await listAll<CalendarBody>(kalends, "/v1/calendars");
		if (calendar === undefined) throw new Error("there is no calendar");
		const { id } = await kalends.request<EventBody>("POST", "/v1/events", {
			calendar_id: calendar.id,
			title: "Choir",
			start: { date_time: "2028-03-01T18:00:00Z", time_zone: "UTC" },
			end: { date_time: "2028-03-01T19:00:00Z", time_zone: "UTC" },
			recurrence: ["RRULE:FREQ=DAILY;COUNT=8"],
		});
		for (const day of ["02", "06"]) {
			await kalends.request("DELETE", `/v1/events/${id}.202803${day}T180000Z?scope=this`);
		}
		await kalends.request("PATCH", `/v1/events/${id}.20280307T180000Z?scope=this`, { title: "Concert" });
		await untilNothingWaits(kalends);
		const march = async () =>
			(await listAll<EventBody>(kalends, "/v1/events?from=2028-03-01&to=2028-04-01")).map(({ id, title, start }) => ({
				...{ id, title, start },
			}));
		const before = await march();
		expect(before.map(({ title }) => title)).toEqual(["Choir", "Choir", "Choir", "Choir", "Concert", "Choir"]);
		proxy.refuseCreations(status);
		const change = { title: "Refused" };
		const answer = await kalends.fetch("PATCH", `/v1/events/${id}.20280304T180000Z?scope=following`, change);
		expect([answer.status, await answer.json()]).toMatchObject([422, { code: "provider_refused", event_id: id }]);
		proxy.refuseCreations(null);
		await untilNothingWaits(kalends);
		expect(await march()).toEqual(before);
		const { stdout } = await kalends.command("verify", "--json");
		expect(JSON.parse(stdout)).toMatchObject({ connections: [{ error: null, differences: [] }] });
		await kalends.request("DELETE", `/v1/events/${id}?scope=all`);
	},
);

async function repeat(times: number, work: () => Promise<void>): Promise<void> {
	for (let index = 0; index < times; index++) await work();
}
