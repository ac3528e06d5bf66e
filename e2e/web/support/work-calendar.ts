import type { Locator, Page } from "playwright-core";
import { type OtherClient, type OtherEvent, otherClient } from "../../support/other-client.ts";
import { until } from "../../support/until.ts";
import type { Window } from "./chromium.ts";
import type { Stage } from "./stage.ts";

/** A calendar on Radicale, seen and changed by another program than Kalends, in Europe/Berlin. */
export interface WorkCalendar {
	readonly client: OtherClient;
	readonly path: string;
	/** Times as iCalendar has them: `20270202T100000`. @param more further lines of the VEVENT */
	put(uid: string, title: string, start: string, end: string, more?: readonly string[]): Promise<void>;
	/** Every VEVENT of that title, overrides too. */
	titled(title: string): Promise<readonly OtherEvent[]>;
	/** Waits for the one VEVENT of that title for which it holds. */
	awaited(title: string, holds?: (event: OtherEvent) => boolean): Promise<OtherEvent>;
	/** Waits until there is none. */
	gone(title: string): Promise<void>;
	/** Its whole resource as text. */
	text(title: string): Promise<string>;
}

export async function workCalendar(stage: Stage): Promise<WorkCalendar> {
	const path = await stage.radicale.createCalendar("work", { displayName: "Work", color: "#2f6fde" });
	const client = otherClient(stage.radicale, path);
	const titled = async (title: string) => {
		const all = [...(await client.list()).values()].flatMap(({ events }) => events);
		return all.filter(({ properties }) => properties.SUMMARY === title);
	};
	return {
		client,
		path,
		titled,
		put: (uid, title, start, end, more = []) =>
			client.create(uid, [`SUMMARY:${title}`, `DTSTART;${ZONE}:${start}`, `DTEND;${ZONE}:${end}`, ...more]),
		awaited: (title, holds = () => true) =>
			until(`“${title}” on Radicale`, async () => (await titled(title)).find(holds) ?? null),
		gone: async (title) => {
			await until(`the end of “${title}” on Radicale`, async () => (await titled(title)).length === 0);
		},
		async text(title) {
			const found = [...(await client.list()).values()].find(({ events }) =>
				events.some(({ properties }) => properties.SUMMARY === title),
			);
			if (found === undefined) throw new Error(`“${title}” is not on Radicale`);
			return found.ics.replaceAll(/\r?\n[ \t]/g, "");
		},
	};
}

const ZONE = "TZID=Europe/Berlin";

/** An event in the calendar, by what its accessible name begins with. */
export function drawn(page: Page, name: string): Locator {
	return page.locator("[data-event-id]", { hasText: name }).first();
}

const windows = new WeakMap<Stage, Promise<Window>>();

/**
 * The calendar, once it shows its events: a page of its own in the stage's one window, where the app is loaded only once.
 * What went wrong is of this page alone.
 */
export async function openCalendar(stage: Stage, path: string): Promise<Window> {
	const opened = windows.get(stage) ?? stage.open();
	windows.set(stage, opened);
	const window = await opened;
	window.complaints.length = 0;
	const page = await window.context.newPage();
	await page.goto(path);
	await page.locator("[aria-busy=false] [data-event-id]").first().waitFor();
	return { ...window, page, close: () => page.close() };
}

/** From the calendar by keyboard alone: the event's card, then its editor. */
export async function openEditor(page: Page, name: string): Promise<void> {
	await drawn(page, name).focus();
	await page.keyboard.press("Enter");
	await page.getByRole("dialog").getByRole("link", { name: "Edit" }).press("Enter");
	await page.getByRole("heading", { name: "Edit event" }).waitFor();
	await page.getByLabel("Title").waitFor();
}

/** The event's card, which the editor was opened from and goes back to; its focus goes back to the event. */
export async function closeCard(page: Page, title: string): Promise<void> {
	const card = page.getByRole("dialog", { name: title });
	await card.getByRole("link", { name: "Edit" }).waitFor();
	await until("focus in the card", () => card.evaluate((element) => element.contains(document.activeElement)));
	await page.keyboard.press("Escape");
	await card.waitFor({ state: "detached" });
}

/** Whether the event of that name has focus in the calendar. */
export function focusIsOn(page: Page, name: string): () => Promise<boolean> {
	return () =>
		page.evaluate(
			(text) => document.activeElement?.closest("[data-event-id]")?.textContent?.includes(text) ?? false,
			name,
		);
}

/** The choice of which events are meant, once it says what each would do. */
export async function chooseScope(page: Page, scope: string, says: string | RegExp): Promise<Locator> {
	const dialog = page.getByRole("dialog", { name: /, which repeats$/ });
	await dialog.getByRole("radio", { name: scope }).check();
	await dialog.getByRole("radio", { name: says }).and(dialog.locator(":checked")).waitFor();
	return dialog;
}

/** From now on answers to writes of events (or of that path) by that method reach the page only once they are released, though the server has done them. */
export async function heldAnswer(
	page: Page,
	method: "POST" | "PATCH" | "DELETE",
	path = "events",
): Promise<{ release(): void }> {
	const released = Promise.withResolvers<void>();
	await page.route(`**/v1/${path}**`, async (route) => {
		const request = route.request();
		if (request.method() !== method || request.url().includes("dry_run")) return route.fallback();
		const response = await route.fetch();
		await released.promise;
		await route.fulfill({ response });
	});
	return { release: () => released.resolve() };
}

/** Monday to Sunday of a week that is ahead, as previews tell of what is. The clocks change on Sundays at most. */
export function weekAhead(): {
	readonly path: string;
	day(index: number): string;
	at(index: number, time: string): string;
} {
	const today = Temporal.Now.plainDateISO("Europe/Berlin");
	const monday = today.add({ days: 22 - today.dayOfWeek });
	const day = (index: number) => monday.add({ days: index }).toString();
	return {
		path: `/calendar?view=week&date=${day(0)}`,
		/** `2027-02-01` */
		day,
		/** `20270201T140000` of its third argument `140000` */
		at: (index, time) => `${day(index).replaceAll("-", "")}T${time}`,
	};
}
