import { afterAll, beforeAll, expect, test } from "vitest";
import { radicaleCalendar } from "./support/calendar.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** More tabs than a browser has connections to a server without TLS. */

const TABS = 8;
const SLOW = 120_000;

let stage: Stage;
beforeAll(async () => {
	stage = await startStage();
});
afterAll(() => stage?.close());

test(
	"eight tabs all work, and all show a change without being loaded anew, also once the first is closed",
	async () => {
		const work = await radicaleCalendar(stage, "work", { displayName: "Work", color: "#2f6fde" });
		const tomorrow = Temporal.Now.plainDateISO("UTC").add({ days: 1 }).toString().replaceAll("-", "");
		const connection = await stage.connectRadicale("Radicale");
		const appears = async (title: string) => {
			await work.put(title, title, `${tomorrow}T100000`, `${tomorrow}T110000`);
			await stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
		};
		await appears("Before");
		const { page: first, context, complaints, close } = await stage.open();
		const tabs = [first];
		while (tabs.length < TABS) tabs.push(await context.newPage());
		for (const tab of tabs) {
			await tab.goto("/");
			await tab
				.getByRole("main")
				.getByRole("button", { name: /Before/ })
				.first()
				.waitFor();
		}
		await appears("Meanwhile");
		for (const tab of tabs)
			await tab
				.getByRole("main")
				.getByRole("button", { name: /Meanwhile/ })
				.first()
				.waitFor();
		await first.close();
		await appears("Afterwards");
		for (const tab of tabs.slice(1)) {
			await tab
				.getByRole("main")
				.getByRole("button", { name: /Afterwards/ })
				.first()
				.waitFor();
		}
		expect(complaints).toEqual([]);
		await close();
	},
	SLOW,
);
