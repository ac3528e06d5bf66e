import { startRadicale } from "@kalends/providers/testing";
import { type CalendarBody, connect, listAll } from "../e2e/support/api.ts";
import { startKalends } from "../e2e/support/kalends.ts";
import { type Benchmark, median, milliseconds } from "./report.ts";

const WARM_UP = 20;
const WRITES = 150;

/** `POST /v1/events` until the provider has agreed, against a PUT of the same event straight to the same Radicale. */
export const writeThrough: Benchmark = {
	name: "write-through",
	async run() {
		const radicale = await startRadicale();
		const kalends = await startKalends({ env: { LOG_LEVEL: "warn" } });
		try {
			const path = await radicale.createCalendar("work");
			await connect(kalends, {
				provider: "caldav",
				url: radicale.url.href,
				username: radicale.username,
				password: "any",
			});
			const [calendar] = await listAll<CalendarBody>(kalends, "/v1/calendars");
			const ours: number[] = [];
			const direct: number[] = [];
			for (let index = 0; index < WARM_UP + WRITES; index++) {
				const event = { ...eventBody(index), calendar_id: calendar?.id };
				const through = await timed(async () => {
					const answer = await kalends.fetch("POST", "/v1/events", event);
					if (answer.status !== 201) throw new Error(`POST answered ${answer.status}: ${await answer.text()}`);
					await answer.arrayBuffer();
				});
				const put = await timed(() => radicale.put(path, `direct-${index}.ics`, eventText(index)));
				if (index < WARM_UP) continue;
				ours.push(through);
				direct.push(put);
			}
			const more = median(ours) - median(direct);
			return [
				{
					work: "write-through create",
					measured: milliseconds(median(ours)),
					yardstick: `PUT to the same Radicale ${milliseconds(median(direct))}`,
					ratio: median(ours) / median(direct),
					budget: `provider's answer + 15 ms (+ ${milliseconds(more)})`,
					met: more <= 15,
				},
			];
		} finally {
			await kalends.dispose();
			await radicale.stop();
		}
	},
};

async function timed(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

/** One of many, an hour each. */
export function eventBody(index: number) {
	const start = Temporal.PlainDateTime.from("2027-01-01T00:00:00").add({ hours: index });
	const at = (time: Temporal.PlainDateTime) => ({
		date_time: `${time.toString({ smallestUnit: "second" })}Z`,
		time_zone: "UTC",
	});
	return { title: `Written ${index}`, location: "Here", start: at(start), end: at(start.add({ hours: 1 })) };
}

/** The same as iCalendar text. */
export function eventText(index: number): string {
	const { title, location, start, end } = eventBody(index);
	const basic = ({ date_time }: { readonly date_time: string }) => date_time.replaceAll(/[-:]/g, "");
	return [
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//bench//EN",
		"BEGIN:VEVENT",
		`UID:direct-${index}@bench.example`,
		"DTSTAMP:20260101T000000Z",
		`DTSTART:${basic(start)}`,
		`DTEND:${basic(end)}`,
		`SUMMARY:${title}`,
		`LOCATION:${location}`,
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	].join("\r\n");
}
