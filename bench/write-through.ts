import { startRadicale } from "@kalends/providers/testing";
import { type CalendarBody, connect, listAll } from "../e2e/support/api.ts";
import { startKalends } from "../e2e/support/kalends.ts";
import { type Benchmark, median, milliseconds } from "./report.ts";

const WARM_UP = 20;
const WRITES = 150;

/**
 * `POST /v1/events` until the provider has agreed, against what it asks of the same Radicale (decision 10): the PUT of such an
 * event, and the GET of what the server made of it.
 */
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
			const puts: number[] = [];
			const gets: number[] = [];
			for (let index = 0; index < WARM_UP + WRITES; index++) {
				const event = { ...eventBody(index), calendar_id: calendar?.id };
				const through = await timed(async () => {
					const answer = await kalends.fetch("POST", "/v1/events", event);
					if (answer.status !== 201) throw new Error(`POST answered ${answer.status}: ${await answer.text()}`);
					await answer.arrayBuffer();
				});
				const name = `direct-${index}.ics`;
				const put = await timed(() => radicale.put(path, name, eventText(index)));
				const get = await timed(() => radicale.get(path, name));
				if (index < WARM_UP) continue;
				ours.push(through);
				puts.push(put);
				gets.push(get);
			}
			const provider = median(puts) + median(gets);
			const more = median(ours) - provider;
			return [
				{
					work: "write-through create",
					measured: milliseconds(median(ours)),
					yardstick: `the same Radicale: PUT ${milliseconds(median(puts))}, GET ${milliseconds(median(gets))}`,
					ratio: median(ours) / provider,
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
