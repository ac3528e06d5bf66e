import { seededRandom } from "@kalends/model";
import type { JsonObject } from "../json.ts";

export interface LoadOptions {
	/** How many events in all. */
	readonly events: number;
	/** How many of them are weekly series. */
	readonly series: number;
	/** First day, `YYYY-MM-DD`. */
	readonly from: string;
	/** Over so many days they spread. */
	readonly days: number;
	/** IANA. */
	readonly timeZone: string;
	/** The same seed gives the same events, ids included. */
	readonly seed: number;
}

const TITLES = [
	"Review",
	"Planning",
	"Interview",
	"Lunch",
	"Call",
	"Workshop",
	"Focus",
	"Retrospective",
	"Visit",
	"Training",
];
const PLACES = ["Room Ada", "Room Grace", "Café Kafka", "Berlin", null, null, null];
const DAY = 86_400_000;

/** Many events as `events.insert` takes them: timed and all-day ones, some with guests, a place, a description. */
export function loadBodies({ events, series, from, days, timeZone, seed }: LoadOptions): readonly JsonObject[] {
	const random = seededRandom(seed);
	const below = (limit: number): number => Math.floor(random() * limit);
	const first = Date.parse(`${from}T00:00:00Z`);
	const day = (offset: number): string => new Date(first + offset * DAY).toISOString().slice(0, 10);
	return Array.from({ length: events }, (_, index): JsonObject => {
		const isSeries = index < series;
		const at = below(days);
		const minutes = 7 * 60 + below(44) * 15;
		const time = (later: number): JsonObject => {
			const clock = new Date((minutes + later) * 60_000).toISOString().slice(11, 19);
			return { dateTime: `${day(at)}T${clock}`, timeZone };
		};
		const allDay = !isSeries && below(10) === 0;
		return {
			id: `load${seed.toString(32)}v${index.toString(32).padStart(5, "0")}`,
			summary: `${TITLES[below(TITLES.length)] ?? "Event"} ${index + 1}`,
			...(below(4) === 0 ? { description: `Notes of event ${index + 1}.\nSecond line.` } : {}),
			...locationOf(PLACES[below(PLACES.length)] ?? null),
			...(allDay
				? { start: { date: day(at) }, end: { date: day(at + 1 + below(3)) } }
				: { start: time(0), end: time(15 * (1 + below(8))) }),
			...(isSeries ? { recurrence: ["RRULE:FREQ=WEEKLY"] } : {}),
			...(below(8) === 0 ? { attendees: [{ email: `guest${below(50)}@example.net` }] } : {}),
		};
	});
}

const locationOf = (location: string | null): JsonObject => (location === null ? {} : { location });
