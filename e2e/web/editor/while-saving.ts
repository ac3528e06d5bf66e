import type { Page, Route } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import type { Stage } from "../support/stage.ts";
import { drawn, heldAnswer, openCalendar, openEditor, type WorkCalendar } from "../support/work-calendar.ts";
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
			// Until it is drawn the page before has the keys.
			await page.getByRole("main").getByRole("button", { name: "New event" }).waitFor();
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

	const onItsWay: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
		"the server has made it": (page) => firstIsLost(page, "POST", (route) => route.fetch()),
		"the server has not heard of it": (page) => firstIsLost(page, "POST", async () => undefined),
		"it could not be sent": (page) => cannotPost(page),
	};
	test.each(Object.keys(onItsWay))("a page reloaded while %s: what was made quickly is there, once", async (how) => {
		const { page, close } = await openCalendar(stage, week.path);
		await onItsWay[how]?.(page);
		const title = `Made as ${how}`;
		await page.keyboard.press("c");
		await page.getByRole("dialog").getByLabel("Title").fill(title);
		await page.keyboard.press("Enter");
		await page.getByRole("dialog").waitFor({ state: "detached" });
		const failed = how === "it could not be sent";
		if (how === "the server has made it") await work.awaited(title);
		if (failed) await page.getByText(`“${title}” could not be added`).first().waitFor();
		const asked: string[] = [];
		page.on("dialog", (dialog) => {
			asked.push(dialog.type());
			void dialog.accept();
		});
		if (failed) await page.unrouteAll();
		await page.reload();
		expect(asked).toEqual(failed ? [] : ["beforeunload"]);
		await page.getByRole("region", { name: "Undo" }).getByText(`“${title}” was added`).first().waitFor();
		await drawn(page, title).waitFor();
		await work.awaited(title);
		expect(await work.titled(title)).toHaveLength(1);
		expect(await kept(page)).not.toContain(title);
		await page.getByRole("button", { name: "Undo", exact: true }).press("Enter");
		await work.gone(title);
		await close();
	});

	test("what could not be sent and was discarded is not sent after a reload", async () => {
		const { page, close } = await openCalendar(stage, week.path);
		await cannotPost(page);
		await page.keyboard.press("c");
		await page.getByRole("dialog").getByLabel("Title").fill("Given up");
		await page.keyboard.press("Enter");
		await page.getByText("“Given up” could not be added").first().waitFor();
		expect(await kept(page)).toContain("Given up");
		await page.getByRole("button", { name: "Discard the change" }).press("Enter");
		expect(await kept(page)).not.toContain("Given up");
		await close();
	});

	test("the full form reloaded while it makes an event, or changes it, is through with that, once", async () => {
		const { page, close } = await openCalendar(stage, week.path);
		await page.goto("/calendar/new");
		await page.getByLabel("Title").fill("Made and reloaded");
		await firstIsLost(page, "POST", (route) => route.fetch());
		await save(page);
		await work.awaited("Made and reloaded");
		await page.getByLabel("Place").fill("Typed meanwhile");
		await page.reload();
		// It is a change of what there is by now.
		await page.getByRole("region", { name: "Undo" }).getByText("“Made and reloaded” was added").first().waitFor();
		await saved(page);
		await page.reload();
		await page.getByRole("heading", { name: "Edit event" }).waitFor();
		await page.getByLabel("Place").waitFor();
		expect(await page.getByLabel("Place").inputValue()).toBe("Typed meanwhile");
		await save(page);
		await work.awaited("Made and reloaded", ({ properties }) => properties.LOCATION === "Typed meanwhile");
		expect(await work.titled("Made and reloaded")).toHaveLength(1);
		await page.waitForURL(({ pathname }) => pathname === "/calendar");
		expect(await kept(page)).not.toContain("Made and reloaded");
		await close();
	});

	test("who leaves the page before a change is answered is asked; its draft is kept until then", async () => {
		await work.put("errands", "Errands", week.at(6, "120000"), week.at(6, "130000"));
		await sync();
		const { page, close } = await openCalendar(stage, week.path);
		expect(await asksWhoLeaves(page)).toBe(false);
		const moved = await heldAnswer(page, "PATCH");
		await drawn(page, "Errands").press("Alt+ArrowDown");
		await until("being asked", () => asksWhoLeaves(page));
		moved.release();
		await until("not being asked", async () => !(await asksWhoLeaves(page)));
		await page.unrouteAll();
		await openEditor(page, "Errands");
		await page.getByLabel("Place").fill("In town");
		await firstIsLost(page, "PATCH", (route) => route.fetch());
		await save(page);
		await work.awaited("Errands", ({ properties }) => properties.LOCATION === "In town");
		expect(await asksWhoLeaves(page)).toBe(true);
		expect(await kept(page)).toContain("In town");
		await page.reload();
		await page.getByLabel("Place").waitFor();
		expect(await page.getByLabel("Place").inputValue()).toBe("In town");
		// It is the event's own by now, and no draft any more.
		expect(await page.getByText("What you typed before is here again.").count()).toBe(0);
		expect(await kept(page)).not.toContain("In town");
		await close();
	});

	test("what was typed before is set aside where something else is taken along, and taken up again", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await page.goto("/calendar/new");
		await page.getByLabel("Title").fill("First thoughts");
		await page.getByLabel("Description").fill("All of them");
		await page.goBack();
		await drawn(page, "Course").waitFor();
		await page.keyboard.press("c");
		await page.getByRole("dialog").getByLabel("Title").fill("Second thoughts");
		await page.getByRole("link", { name: "More options" }).press("Enter");
		await page.getByRole("heading", { name: "New event" }).waitFor();
		const title = page.getByLabel("Title");
		const other = (name: string) => page.getByText(`“${name}” was typed before and not saved.`);
		await other("First thoughts").waitFor();
		expect(await title.inputValue()).toBe("Second thoughts");
		await page.getByRole("button", { name: "Take it up again" }).press("Enter");
		await other("Second thoughts").waitFor();
		expect(await title.inputValue()).toBe("First thoughts");
		expect(await page.getByLabel("Description").inputValue()).toBe("All of them");
		await page.reload();
		expect(await title.inputValue()).toBe("First thoughts");
		await other("Second thoughts").waitFor();
		await page.getByRole("button", { name: "Discard it" }).press("Enter");
		await other("Second thoughts").waitFor({ state: "detached" });
		await page.getByRole("button", { name: "Cancel" }).press("Enter");
		await page.waitForURL("**/calendar?**");
		expect(await kept(page)).not.toContain("thoughts");
		expect(complaints).toEqual([]);
		await close();
	});
}

/** What this tab keeps. */
function kept(page: Page): Promise<string> {
	return page.evaluate(() => Object.values({ ...sessionStorage }).join());
}

function asksWhoLeaves(page: Page): Promise<boolean> {
	return page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
}

/** The first write by that method has no answer, whatever the server does of it. */
async function firstIsLost(page: Page, method: string, send: (route: Route) => Promise<unknown>): Promise<void> {
	let lost = false;
	await page.route("**/v1/events**", async (route) => {
		if (lost || route.request().method() !== method || route.request().url().includes("dry_run"))
			return route.fallback();
		lost = true;
		await send(route);
	});
}

async function cannotPost(page: Page): Promise<void> {
	await page.route("**/v1/events", (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
}

async function save(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Save" }).press("Enter");
}

/** Once it can be saved again. */
async function saved(page: Page): Promise<void> {
	const busy = () => page.getByRole("button", { name: "Save" }).getAttribute("aria-busy");
	await until("the end of saving", async () => (await busy()) === null);
}
