import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { radicaleCalendar } from "./support/calendar.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** More tabs than a browser has connections to a server without TLS. */

const TABS = 8;
const SLOW = 120_000;

let stage: Stage;
afterAll(() => stage?.close());

/** Puts an event of tomorrow into the calendar, behind the back of every page. */
let appears: (title: string) => Promise<void>;
beforeAll(async () => {
	stage = await startStage();
	const work = await radicaleCalendar(stage, "work", { displayName: "Work", color: "#2f6fde" });
	const tomorrow = Temporal.Now.plainDateISO("UTC").add({ days: 1 }).toString().replaceAll("-", "");
	const connection = await stage.connectRadicale("Radicale");
	appears = async (title) => {
		await work.put(title, title, `${tomorrow}T100000`, `${tomorrow}T110000`);
		await stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
	};
}, SLOW);

const shows = (tab: Page, title: string) =>
	tab
		.getByRole("main")
		.getByRole("button", { name: new RegExp(title) })
		.first()
		.waitFor();

test(
	"what changes between a page's reading and its listening is shown",
	async () => {
		await appears("Early");
		const { page, close } = await stage.open();
		const listens = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<void>();
		await page.route("**/v1/stream*", async (route) => {
			begun.resolve();
			await listens.promise;
			await route.continue();
		});
		await page.goto("/");
		await shows(page, "Early");
		await begun.promise;
		await appears("Between");
		listens.resolve();
		await shows(page, "Between");
		await close();
	},
	SLOW,
);

test(
	"eight tabs all work, and all show a change without being loaded anew, also once the first is closed",
	async () => {
		await appears("Before");
		const { page: first, context, complaints, close } = await stage.open();
		const tabs = [first];
		while (tabs.length < TABS) tabs.push(await context.newPage());
		for (const tab of tabs) {
			await tab.goto("/");
			await shows(tab, "Before");
		}
		await appears("Meanwhile");
		for (const tab of tabs) await shows(tab, "Meanwhile");
		await first.close();
		await appears("Afterwards");
		for (const tab of tabs.slice(1)) await shows(tab, "Afterwards");
		expect(complaints).toEqual([]);
		await close();
	},
	SLOW,
);
