import { type FeedServer, feedOf, startFeedServer } from "@kalends/providers/testing";
import { type ChaosProxy, startChaosProxy } from "../../support/chaos-proxy.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { type WorkCalendar, weekAhead, workCalendar } from "../support/work-calendar.ts";

/** A week of Berlin with a calendar on Radicale, behind a proxy that can be in the way, and a feed. */
export interface EditorScene {
	readonly stage: Stage;
	readonly work: WorkCalendar;
	readonly week: ReturnType<typeof weekAhead>;
	readonly proxy: ChaosProxy;
	/** Reads what another program has changed. */
	sync(): Promise<void>;
	close(): Promise<void>;
}

const HOLIDAYS = feedOf(
	[
		...["BEGIN:VEVENT", "UID:epiphany", "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270106"],
		...["SUMMARY:Epiphany", "END:VEVENT"],
	],
	["X-WR-CALNAME:Holidays"],
);
/** Of whom a calendar is known, as a feed that is called by the address. */
export const GRACE = "grace@example.org";
const DAILY = ["RRULE:FREQ=DAILY;COUNT=5"];
/** By title: day of the week, hour, further lines. */
const EVENTS: readonly (readonly [title: string, day: number, hour: number, more?: readonly string[]])[] = [
	["Workshop", 1, 10],
	["Review", 0, 11],
	["Retro", 1, 12],
	["Planning", 2, 13],
	["Dinner", 3, 14],
	["Talk", 4, 15],
	["Standup", 4, 12],
	["Call", 0, 13],
	["Course", 0, 18, DAILY],
	["Class", 0, 16, DAILY],
	["Rowing", 5, 10, [`ATTENDEE:mailto:${GRACE}`, "ATTENDEE;CN=Bob:mailto:bob@example.org"]],
	["Market", 5, 10],
];

export async function startEditorScene(): Promise<EditorScene> {
	const stage = await startStage();
	const week = weekAhead();
	const work = await workCalendar(stage);
	for (const [title, day, hour, more] of EVENTS) {
		await work.put(title.toLowerCase(), title, week.at(day, `${hour}0000`), week.at(day, `${hour + 1}0000`), more);
	}
	const proxy = await startChaosProxy(stage.radicale.url, () => 1);
	const feeds: FeedServer = await startFeedServer();
	feeds.serve("/holidays.ics", HOLIDAYS);
	const errand = [`DTSTART;TZID=Europe/Berlin:${week.at(5, "103000")}`, "DURATION:PT1H", "SUMMARY:Errand"];
	const theirs = ["BEGIN:VEVENT", "UID:errand", "DTSTAMP:20260101T000000Z", ...errand, "END:VEVENT"];
	feeds.serve("/grace.ics", feedOf(theirs, [`X-WR-CALNAME:${GRACE}`]));
	const connect = async (body: object) => {
		const { id } = await stage.kalends.request<{ id: string }>("POST", "/v1/connections", body);
		const sync = () => stage.kalends.request<unknown>("POST", `/v1/connections/${id}/sync?wait=true`);
		await sync();
		return sync;
	};
	const { username, password } = stage.radicale;
	const sync = await connect({ provider: "caldav", url: proxy.url.href, username, password });
	for (const feed of ["/holidays.ics", "/grace.ics"]) {
		await connect({ provider: "ics", url: new URL(feed, feeds.url).href });
	}
	await stage.kalends.request("PATCH", "/v1/me", { time_zone: "Europe/Berlin" });
	return {
		stage,
		work,
		week,
		proxy,
		sync: async () => void (await sync()),
		async close() {
			await feeds.close();
			await proxy.stop();
			await stage.close();
		},
	};
}
