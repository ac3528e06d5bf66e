import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import type { Stage } from "../support/stage.ts";
import { heldAnswer, openCalendar, openEditor, type WorkCalendar } from "../support/work-calendar.ts";
import type { EditorScene } from "./scene.ts";

/** A form whose answer is long in coming can be used meanwhile: nothing of it is lost or done twice. */
export function testWhileSaving(scene: () => EditorScene): void {
	let stage: Stage;
	let work: WorkCalendar;
	let week: EditorScene["week"];
	let sync: EditorScene["sync"];
	beforeAll(() => {
		({ stage, work, week, sync } = scene());
	});

	test("what is typed while a change is saved is still there, and is saved in turn", async () => {
		await work.put("interview", "Interview", week.at(6, "100000"), week.at(6, "110000"));
		await sync();
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Interview");
		await page.getByLabel("Place").fill("Room 1");
		const held = await heldAnswer(page, "PATCH");
		await save(page);
		await work.awaited("Interview", ({ properties }) => properties.LOCATION === "Room 1");
		await page.getByLabel("Description").fill("Typed meanwhile");
		// Nothing else can be begun before that is over.
		const remove = page.getByRole("button", { name: "Delete" });
		expect(await remove.getAttribute("aria-disabled")).toBe("true");
		await remove.press("Enter");
		held.release();
		await saved(page);
		expect(await page.getByLabel("Description").inputValue()).toBe("Typed meanwhile");
		await save(page);
		const { properties } = await work.awaited("Interview", (event) => event.properties.DESCRIPTION !== undefined);
		expect(properties).toMatchObject({ LOCATION: "Room 1", DESCRIPTION: "Typed meanwhile" });
		await page.getByRole("heading", { name: "Edit event" }).waitFor({ state: "detached" });
		expect(complaints).toEqual([]);
		await close();
	});

	test("what is typed while a new event is saved is a change of it", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await page.goto("/calendar/new");
		await page.getByLabel("Title").fill("Made slowly");
		const held = await heldAnswer(page, "POST");
		await save(page);
		await work.awaited("Made slowly");
		await page.getByLabel("Place").fill("Room 2");
		held.release();
		await saved(page);
		expect(await page.getByLabel("Place").inputValue()).toBe("Room 2");
		await save(page);
		await work.awaited("Made slowly", ({ properties }) => properties.LOCATION === "Room 2");
		await page.waitForURL("**/calendar?**");
		expect(await work.titled("Made slowly")).toHaveLength(1);
		expect(complaints).toEqual([]);
		await close();
	});

	test("who leaves while it is saved stays where they went", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await page.goto("/");
		for (const leave of [() => page.goBack(), () => page.getByRole("button", { name: "Cancel" }).press("Enter")]) {
			await page.getByRole("link", { name: "Calendar", exact: true }).press("Enter");
			await page.waitForURL("**/calendar");
			await page.keyboard.press("c");
			await page.getByLabel("Title").fill("Left behind");
			await page.getByRole("link", { name: "More options" }).press("Enter");
			await page.getByRole("heading", { name: "New event" }).waitFor();
			const held = await heldAnswer(page, "POST");
			await save(page);
			await work.awaited("Left behind");
			await leave();
			await page.waitForURL("**/calendar");
			held.release();
			await page.getByRole("region", { name: "Undo" }).getByText("“Left behind” was added").first().waitFor();
			await page.getByRole("button", { name: "Undo", exact: true }).press("Enter");
			await work.gone("Left behind");
			expect(new URL(page.url()).pathname).toBe("/calendar");
			await page.unrouteAll();
		}
		expect(complaints).toEqual([]);
		await close();
	});
}

async function save(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Save" }).press("Enter");
}

/** Once it can be saved again. */
async function saved(page: Page): Promise<void> {
	const busy = () => page.getByRole("button", { name: "Save" }).getAttribute("aria-busy");
	await until("the end of saving", async () => (await busy()) === null);
}
