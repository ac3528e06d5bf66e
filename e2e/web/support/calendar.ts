import type { Page } from "playwright-core";
import { type OtherClient, type OtherEvent, otherClient } from "../../support/other-client.ts";
import type { Window, WindowOptions } from "./chromium.ts";
import type { Stage } from "./stage.ts";

/** A calendar on Radicale, as another program sees it and the page draws it. */

export interface RadicaleCalendar extends OtherClient {
	/** Of Berlin's wall clock, `20270202T100000`, or days. */
	put(uid: string, title: string, start: string, end: string, more?: readonly string[]): Promise<void>;
	/** Every VEVENT of that title. */
	named(title: string): Promise<readonly OtherEvent[]>;
	/** "20270202T100000–20270202T110000" of the first of that title; null where there is none. */
	timesOf(title: string): Promise<string | null>;
}

export async function radicaleCalendar(
	{ radicale }: Stage,
	name: string,
	properties: { readonly displayName: string; readonly color: string },
): Promise<RadicaleCalendar> {
	const client = otherClient(radicale, await radicale.createCalendar(name, properties));
	const named = async (title: string) => {
		const all = [...(await client.list()).values()].flatMap(({ events }) => events);
		return all.filter(({ properties: { SUMMARY } }) => SUMMARY === title);
	};
	return {
		...client,
		put(uid, title, start, end, more = []) {
			const kind = start.includes("T") ? "TZID=Europe/Berlin" : "VALUE=DATE";
			return client.create(uid, [`SUMMARY:${title}`, `DTSTART;${kind}:${start}`, `DTEND;${kind}:${end}`, ...more]);
		},
		named,
		async timesOf(title) {
			const [event] = await named(title);
			return event === undefined ? null : `${event.properties.DTSTART}–${event.properties.DTEND}`;
		},
	};
}

/** The calendar at that address, drawn with its events. */
export async function openCalendar(stage: Stage, path: string, options: WindowOptions = {}): Promise<Window> {
	const window = await stage.open(options);
	await window.page.goto(path);
	await drawn(window.page);
	return window;
}

export async function drawn(page: Page): Promise<void> {
	await page.locator("[aria-busy=false] .cal-grid > :visible").first().waitFor();
	await page.locator("[role=table]").first().waitFor();
}

export function eventOn(page: Page, title: string) {
	return page.locator("[data-event-id]", { hasText: title }).first();
}

interface Point {
	readonly x: number;
	readonly y: number;
}

/** A point `minutes` after the hour in a day's column, which is to be seen without scrolling. */
export async function slotOn(page: Page, day: string, hour: number, minutes = 0): Promise<Point> {
	const column = await page.locator(`[role=cell][data-date="${day}"]`).last().boundingBox();
	const line = async (of: number) => {
		const label = page.getByText(`${String(of).padStart(2, "0")}:00`, { exact: true }).first();
		const box = await label.boundingBox();
		if (box === null) throw new Error(`${of}:00 is not drawn`);
		return box.y + box.height / 2;
	};
	const [top, below] = [await line(hour), await line(hour + 1)];
	if (column === null) throw new Error(`${day} is not drawn`);
	return { x: column.x + column.width / 2, y: top + ((below - top) * (minutes + 7)) / 60 };
}

/** A point just below the upper edge of an event. */
export async function gripOf(page: Page, title: string): Promise<Point> {
	const box = await boxOf(page, title);
	return { x: box.x + box.width / 2, y: box.y + 6 };
}

export async function boxOf(page: Page, title: string) {
	await eventOn(page, title).waitFor();
	const box = await eventOn(page, title).boundingBox();
	if (box === null) throw new Error(`${title} is not drawn`);
	return box;
}

export async function drag(page: Page, from: Point, to: Point): Promise<void> {
	await lift(page, from, to);
	await page.mouse.up();
}

/** As far as above the place where it would be dropped. */
export async function lift(page: Page, from: Point, to: Point): Promise<void> {
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
	await page.mouse.move(to.x, to.y, { steps: 5 });
}

/** A finger that rests on it until it is held, and then moves. @param held becomes true once it is held */
export async function dragByTouch(page: Page, from: Point, to: Point, held: () => Promise<unknown>): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Point[]) =>
		session.send("Input.dispatchTouchEvent", { type, touchPoints });
	await send("touchStart", [from]);
	await held();
	for (let step = 1; step <= 8; step += 1) {
		const part = step / 8;
		await send("touchMove", [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }]);
	}
	await send("touchEnd", []);
	await session.detach();
}
