import { startRadicale } from "@kalends/providers/testing";
import { type CalendarBody, connect, listAll, sync } from "../e2e/support/api.ts";
import { startChaosProxy } from "../e2e/support/chaos-proxy.ts";
import { startKalends } from "../e2e/support/kalends.ts";
import { untilNothingWaits } from "../e2e/support/two-sides.ts";
import { type Benchmark, milliseconds } from "./report.ts";
import { eventBody, eventText } from "./write-through.ts";

const INTENTS = 1_000;
/** As many requests at a time as Kalends makes to one account. */
const AT_ONCE = 3;

/** 1,000 writes made while the provider was away, from its return until it has them all. */
export const outageDrain: Benchmark = {
	name: "outage-drain",
	async run() {
		const radicale = await startRadicale();
		const proxy = await startChaosProxy(radicale.url, () => 1);
		const kalends = await startKalends({ env: { LOG_LEVEL: "warn" } });
		try {
			await radicale.createCalendar("work");
			const { id } = await connect(kalends, {
				provider: "caldav",
				url: proxy.url.href,
				username: radicale.username,
				password: "any",
			});
			const [calendar] = await listAll<CalendarBody>(kalends, "/v1/calendars");
			proxy.setDown(true);
			await atOnce(10, INTENTS, async (index) => {
				const body = { ...eventBody(index), calendar_id: calendar?.id };
				const answer = await kalends.fetch("POST", "/v1/events", body);
				if (answer.status !== 202) throw new Error(`POST answered ${answer.status}: ${await answer.text()}`);
				await answer.arrayBuffer();
			});
			proxy.setDown(false);
			let began = performance.now();
			await sync(kalends, id);
			await untilNothingWaits(kalends);
			const drained = performance.now() - began;
			const puts = proxy.reached.get("PUT") ?? 0;
			if (puts !== INTENTS) throw new Error(`${INTENTS} writes took ${puts} PUTs`);

			const other = await radicale.createCalendar("bare");
			began = performance.now();
			await atOnce(AT_ONCE, INTENTS, (index) => radicale.put(other, `direct-${index}.ics`, eventText(index)));
			const bare = performance.now() - began;
			return [
				{
					work: `${INTENTS} queued writes drained after an outage`,
					measured: `${milliseconds(drained)} (${Math.round((INTENTS / drained) * 1000)}/s)`,
					yardstick: `bare PUTs, ${AT_ONCE} at a time, ${milliseconds(bare)}`,
					ratio: bare / drained,
					budget: ">= 0.3",
					met: bare / drained >= 0.3,
				},
			];
		} finally {
			await kalends.dispose();
			await proxy.stop();
			await radicale.stop();
		}
	},
};

async function atOnce(lanes: number, count: number, work: (index: number) => Promise<unknown>): Promise<void> {
	let next = 0;
	const lane = async () => {
		while (next < count) await work(next++);
	};
	await Promise.all(Array.from({ length: lanes }, lane));
}
