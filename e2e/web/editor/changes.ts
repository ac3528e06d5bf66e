import type { Page, Response } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import { expectAccessible, expectNoSidewaysScroll, lookAt, PHONE, shoot } from "../support/chromium.ts";
import type { Stage } from "../support/stage.ts";
import {
	chooseScope,
	closeCard,
	drawn,
	focusIsOn,
	heldAnswer,
	openCalendar,
	openEditor,
	type WorkCalendar,
} from "../support/work-calendar.ts";
import { type EditorScene, GRACE } from "./scene.ts";

/** What is written gets there, is told before, and is undone. */
export function testChanges(scene: () => EditorScene): void {
	let stage: Stage;
	let work: WorkCalendar;
	let week: EditorScene["week"];
	beforeAll(() => {
		({ stage, work, week } = scene());
	});

	test("a new event is shown before the server has answered, and undone", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		const answer = Promise.withResolvers<void>();
		await page.route("**/v1/events", async (route) => {
			if (route.request().method() === "POST") await answer.promise;
			await route.continue();
		});
		await page.keyboard.press("c");
		await page.getByRole("dialog").getByLabel("Title").fill("Lunch");
		await page.keyboard.press("Enter");
		await page.getByRole("dialog").waitFor({ state: "detached" });
		await drawn(page, "not yet with the provider").and(drawn(page, "Lunch")).waitFor();
		expect(await work.titled("Lunch")).toEqual([]);
		answer.resolve();
		await work.awaited("Lunch");
		await page.getByRole("button", { name: "Undo" }).click();
		await work.gone("Lunch");
		await drawn(page, "Lunch").waitFor({ state: "detached" });
		expect(complaints).toEqual([]);
		await close();
	});

	test("a new event of another week is gone to, in the view that one came from; colours have names", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path.replace("view=week", "view=day"));
		const editor = Promise.withResolvers<void>();
		await page.route("**/event-page*.js", async (route) => {
			await editor.promise;
			await route.continue();
		});
		// The page that is open may have loaded the editor already.
		await page.reload();
		await page.locator("[aria-busy=false] [data-event-id]").first().waitFor();
		await page.keyboard.press("c");
		await page.getByRole("dialog").getByRole("link", { name: "More options" }).click();
		// While the editor is on its way, typing goes on.
		await page.getByRole("dialog").getByLabel("Title").fill("Outing");
		editor.resolve();
		await page.getByRole("heading", { name: "New event", level: 1 }).waitFor();
		expect(await page.getByRole("textbox", { name: "Title" }).inputValue()).toBe("Outing");
		const day = Temporal.PlainDate.from(week.day(0)).add({ weeks: 2 }).toString();
		await page.getByLabel("Start", { exact: true }).fill(day);
		await page.getByRole("radio", { name: "Tomato" }).press("Space");
		const taken = losingFocusOnce(page, "Outing");
		await page.getByRole("button", { name: "Save" }).press("Enter");
		await taken;
		await until("focus on the new event", focusIsOn(page, "Outing"));
		const { searchParams } = new URL(page.url());
		expect([searchParams.get("view"), searchParams.get("date")]).toEqual(["day", day]);
		await work.awaited("Outing");
		expect(complaints).toEqual([]);
		await close();
	});

	test("what is made quickly in another week is gone to, undone from there, and brought back when that is long ago", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await page.keyboard.press("c");
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Title").fill("Picnic far off");
		const day = Temporal.PlainDate.from(week.day(3)).add({ weeks: 3 }).toString();
		await dialog.getByLabel("Start", { exact: true }).fill(day);
		await page.keyboard.press("Enter");
		await dialog.waitFor({ state: "detached" });
		await drawn(page, "Picnic far off").waitFor();
		expect(new URL(page.url()).searchParams.get("date")).toBe(day);
		await work.awaited("Picnic far off");
		await page.getByRole("button", { name: "Undo" }).click();
		await work.gone("Picnic far off");
		await drawn(page, "Picnic far off").waitFor({ state: "detached" });
		// Also when there is no more undo, and elsewhere.
		await page.goto(week.path);
		await drawn(page, "Course, Mon").waitFor();
		await page.getByRole("button", { name: "Recently deleted" }).press("Enter");
		await dialog.getByRole("button", { name: "Restore “Picnic far off”" }).waitFor();
		await shoot(page, "editor-deleted");
		await expectAccessible(page, "[role=dialog]");
		await dialog.getByRole("button", { name: "Restore “Picnic far off”" }).press("Enter");
		await drawn(page, "Picnic far off").waitFor();
		expect(new URL(page.url()).searchParams.get("date")).toBe(day);
		await work.awaited("Picnic far off");
		await page.getByRole("button", { name: "Undo" }).click();
		await work.gone("Picnic far off");
		expect(complaints).toEqual([]);
		await close();
	});

	test("of a series this, this and following, or all is deleted, and comes back by undo", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		const remove = async (day: string, scope: string, says: string | RegExp) => {
			await drawn(page, `Course, ${day}`).press("Delete");
			await chooseScope(page, scope, says);
			await page.keyboard.press("Enter");
			await drawn(page, `Course, ${day}`).waitFor({ state: "detached" });
		};
		await remove("Tue", "This event", /Only this one goes/);
		await until("focus on the next event", focusIsOn(page, "Planning, Wed"));
		await until("the exception", async () => (await work.text("Course")).includes("EXDATE"));
		await remove("Thu", "This and all following events", /2 events go/);
		await until("the shorter series", async () => !(await work.text("Course")).includes("COUNT=5"));
		const answer = await heldAnswer(page, "DELETE");
		await remove("Mon", "All events of the series", /2 events go/);
		await work.gone("Course");
		await page.keyboard.press("z");
		await page.getByText("It will be undone as soon as it is saved").first().waitFor();
		answer.release();
		await work.awaited("Course");
		await drawn(page, "Course, Mon").waitFor();
		expect(await drawn(page, "Course, Tue").count()).toBe(0);
		expect(complaints).toEqual([]);
		await close();
	});

	test("of a series this, this and following, or all is changed, told before what that touches; focus stays with it", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		const change = async (of: string, edit: () => Promise<unknown>, scope: string, says: RegExp) => {
			await openEditor(page, of);
			await edit();
			await page.getByRole("button", { name: "Save" }).press("Enter");
			await chooseScope(page, scope, says);
			await page.keyboard.press("Enter");
		};
		const missed: string[] = [];
		page.on("response", (response) => response.status() === 404 && missed.push(new URL(response.url()).pathname));
		const events = async (title: string) =>
			(await work.titled(title)).map(({ recurrenceId, properties: { DTSTART, RRULE, LOCATION = "" } }) => [
				recurrenceId,
				DTSTART,
				RRULE,
				LOCATION,
			]);
		const fill = (label: string, text: string) => () => page.getByLabel(label).fill(text);

		await change("Class, Tue", fill("Place", "Room 1"), "This event", /Only this one changes/);
		await closeCard(page, "Class");
		await until("focus on the event", focusIsOn(page, "Class, Tue"));
		expect(await events("Class")).toEqual([
			[null, week.at(0, "160000"), "FREQ=DAILY;COUNT=5", ""],
			[week.at(1, "160000"), week.at(1, "160000"), undefined, "Room 1"],
		]);

		await change("Class, Thu", fill("Title", "Seminar"), "This and all following events", /2 events change/);
		await closeCard(page, "Seminar");
		await until("focus on the first of the new series", focusIsOn(page, "Seminar, Thu"));
		expect(await events("Seminar")).toEqual([[null, week.at(3, "160000"), "FREQ=DAILY;COUNT=2", ""]]);

		await change("Class, Mon", fill("Start time", "17:00"), "All events of the series", /3 events change/);
		await closeCard(page, "Class");
		await until("focus on the moved event", focusIsOn(page, "Class, Mon"));
		expect(await events("Class")).toEqual([
			[null, week.at(0, "170000"), "FREQ=DAILY;COUNT=3", ""],
			[week.at(1, "170000"), week.at(1, "170000"), undefined, "Room 1"],
		]);

		const once = () => page.getByLabel("Repeats").selectOption("Does not repeat");
		await change("Class, Mon", once, "All events of the series", /1 event that was changed on its own is overwritten/);
		await closeCard(page, "Class");
		await until("focus on what is left", focusIsOn(page, "Class, Mon"));
		expect(await events("Class")).toEqual([[null, week.at(0, "170000"), undefined, ""]]);
		// What a change has replaced is not asked for.
		expect(missed).toEqual([]);
		expect(complaints).toEqual([]);
		await close();
	});

	test("what is changed twice and undone twice before the server has answered is as it was", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		const answer = await heldAnswer(page, "PATCH");
		await drawn(page, "Workshop").press("Alt+ArrowDown");
		const begins = (at: string) => drawn(page, "Workshop").filter({ hasText: `${at} – ` });
		await begins("10:15").press("Alt+ArrowDown");
		await begins("10:30").press("z");
		await page.keyboard.press("z");
		await page.getByText("It will be undone as soon as it is saved").first().waitFor();
		answer.release();
		await page.getByRole("region", { name: "Undo" }).waitFor({ state: "detached" });
		await begins("10:00").waitFor();
		expect((await work.awaited("Workshop")).properties.DTSTART).toBe(week.at(1, "100000"));
		expect(complaints).toEqual([]);
		await close();
	});

	test("keys go on from where they have put the event, though the list that is read meanwhile is older", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		const [first, others] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		let patches = 0;
		await page.route("**/v1/events/**", async (route) => {
			if (route.request().method() === "PATCH") await (++patches > 1 ? others : first).promise;
			await route.fallback();
		});
		const begins = (at: string) => drawn(page, "Workshop").filter({ hasText: `${at} – ` });
		await drawn(page, "Workshop").press("Alt+ArrowDown");
		await begins("10:15").press("Alt+ArrowDown");
		await begins("10:30").waitFor();
		first.resolve();
		await begins("10:15").press("Alt+ArrowDown");
		others.resolve();
		await work.awaited("Workshop", ({ properties }) => properties.DTSTART === week.at(1, "104500"));
		await begins("10:45").waitFor();
		for (const at of ["10:30", "10:15", "10:00"]) {
			await page.keyboard.press("z");
			await begins(at).waitFor();
		}
		await work.awaited("Workshop", ({ properties }) => properties.DTSTART === week.at(1, "100000"));
		expect(complaints).toEqual([]);
		await close();
	});

	test("at 390 px an event is changed by touch, without sideways scroll", async () => {
		const { page, complaints, close } = await stage.open({ size: PHONE });
		await page.goto(`/calendar?view=day&date=${week.day(1)}`);
		await drawn(page, "Workshop").tap();
		await page.getByRole("link", { name: "Edit" }).tap();
		await page.getByLabel("All day").check();
		await page.getByLabel("Last day").fill(week.day(2));
		await page.getByText("2 days").waitFor();
		await shoot(page, "editor-edit", { whole: true });
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
		await page.getByRole("button", { name: "Save" }).tap();
		await work.awaited("Workshop", ({ properties }) => properties.DTEND === week.day(3).replaceAll("-", ""));
		expect(complaints).toEqual([]);
		await close();
	});

	test("what cannot be read as it was typed stays, and says beside it what to do; at 320 px nothing overlaps", async () => {
		const { page, complaints, close } = await stage.open({ size: { width: 320, height: 640 } });
		await page.goto("/calendar/new");
		await page.getByLabel("Title").fill("Party");
		await page.getByLabel("Repeats").selectOption("Custom…");
		await page.getByLabel("Every").fill("");
		await page.getByLabel("Guests").fill("ann, bob@example.org");
		await page.getByLabel("Video call").fill("meet");
		await page.getByRole("button", { name: "Save" }).press("Enter");
		const invalid = page.locator("[aria-invalid=true]");
		await until("focus on the first of them", () =>
			invalid.first().evaluate((field) => field === document.activeElement),
		);
		const described = await invalid.evaluateAll((fields) =>
			fields.map((field) => document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent),
		);
		expect(described).toEqual([
			"Write a whole number, 1 or more.",
			"“ann” is no e-mail address. Write name@example.com, or remove it.",
			"Write a link that begins with https://, or leave it empty.",
		]);
		expect(await page.getByLabel("Guests").inputValue()).toBe("ann");
		await page.getByRole("button", { name: "Remove bob@example.org" }).waitFor();
		const [date, time] = await Promise.all(
			["Start", "Start time"].map((label) => page.getByLabel(label, { exact: true }).boundingBox()),
		);
		expect((date?.y ?? 0) + (date?.height ?? 0)).toBeLessThanOrEqual(time?.y ?? 0);
		await shoot(page, "editor-faults", { whole: true });
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
		await page.getByLabel("Every").fill("2");
		await page.getByLabel("Video call").fill("https://example.org/meet");
		await page.getByRole("button", { name: "Save" }).press("Enter");
		await until("focus on what is left to put right", () =>
			page.getByLabel("Guests").evaluate((field) => field === document.activeElement),
		);
		await page.getByLabel("Guests").fill("ann@example.org");
		await page.getByRole("button", { name: "Save" }).press("Enter");
		await work.awaited("Party");
		const text = await work.text("Party");
		for (const part of ["INTERVAL=2", "ann@example.org", "bob@example.org", "https://example.org/meet"]) {
			expect(text).toContain(part);
		}
		expect(complaints).toEqual([]);
		await close();
	});

	test("an event of a feed says why it cannot be changed", async () => {
		const { page, complaints, close } = await stage.open();
		const { data } = await stage.kalends.request<{ data: { id: string }[] }>(
			"GET",
			"/v1/events?q=Epiphany&from=2027-01-01T00:00:00Z&to=2027-02-01T00:00:00Z",
		);
		await page.goto(`/calendar/event/${data[0]?.id}`);
		await page.getByText("“Holidays” is a feed, which can only be read.").waitFor();
		await page.getByRole("link", { name: "Back to the calendar" }).waitFor();
		await shoot(page, "editor-read-only");
		await page.goto("/calendar/new");
		await page.getByLabel("Title").waitFor();
		expect(await page.getByLabel("Calendar", { exact: true }).getByRole("option").allInnerTexts()).toEqual(["Work"]);
		expect(complaints).toEqual([]);
		await close();
	});

	test("who is busy at the event's time is told as it is typed: the person, and guests of whom a calendar is known", async () => {
		const { page, complaints, close } = await stage.open({ size: PHONE });
		await page.goto("/calendar/new");
		const whole = page.getByRole("status");
		const says = (text: string) => whole.getByText(text, { exact: true }).waitFor();
		await page.getByLabel("Start", { exact: true }).fill(week.day(5));
		await page.getByLabel("Start time").fill("10:30");
		await page.getByLabel("End time").fill("11:00");
		await says("You are busy then: Market, 10:00 – 11:00; Rowing, 10:00 – 11:00");
		await page.getByLabel("Guests").fill(`${GRACE.toUpperCase()},`);
		await page.getByLabel("Guests").press("Enter");
		await says(`${GRACE.toUpperCase()} is busy then: Errand, 10:30 – 11:30`);
		await page.getByLabel("Start time").fill("14:00");
		await says("Everybody is free then.");
		await page.getByLabel("Guests").fill("bob@example.org");
		await page.getByLabel("Guests").press("Enter");
		await says("Everybody who is known is free then.");
		await page.getByText("It is not known when bob@example.org is free").waitFor();
		await page.getByLabel("All day").check();
		await says("You are busy then: Market, 10:00 – 11:00; Rowing, 10:00 – 11:00");
		await shoot(page, "editor-free-busy", { whole: true });
		await page.getByLabel("Title").fill("Picnic");
		await page.getByLabel("All day").uncheck();
		await page.getByLabel("Start time").fill("16:00");
		await says("Everybody who is known is free then.");
		// While it is saved it is told of by the server, and is in nobody's way all the same.
		const answer = await heldAnswer(page, "POST");
		const isList = (response: Response) =>
			response.request().method() === "GET" && response.url().includes("/v1/events?");
		const told = page.waitForResponse(
			async (response) => isList(response) && (await response.text()).includes("Picnic"),
		);
		await page.getByRole("button", { name: "Save" }).tap();
		await told;
		await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
		expect(await whole.getByText("Everybody who is known is free then.").count()).toBe(1);
		answer.release();
		await page.waitForURL((url) => url.pathname !== "/calendar/new");
		await work.awaited("Picnic");
		expect(complaints).toEqual([]);
		await close();
	});

	test("the editor is accessible in both themes and widths, with guests of whom one is busy", async () => {
		const { data } = await stage.kalends.request<{ data: { id: string }[] }>(
			"GET",
			`/v1/events?q=Rowing&from=${week.day(5)}&to=${week.day(6)}&time_zone=Europe/Berlin`,
		);
		const ready = async (page: Page) => {
			const strip = page.getByRole("region", { name: "Free and busy" });
			await strip.getByText(`${GRACE} is busy then: Errand, 10:30 – 11:30`).waitFor();
			// The event is not in its own way.
			await strip.getByText("You are busy then: Market, 10:00 – 11:00", { exact: true }).waitFor();
			await strip.scrollIntoViewIfNeeded();
		};
		await lookAt(stage.browser, stage, { name: "editor-guests", path: `/calendar/event/${data[0]?.id}`, ready });
	});
}

/** As where it is drawn anew: the event loses its focus to the page soon after it has got it. */
function losingFocusOnce(page: Page, title: string): Promise<void> {
	return page.evaluate(
		(text) =>
			new Promise<void>((lost) => {
				document.addEventListener("focusin", function take({ target }) {
					if (!(target instanceof Element) || !target.closest("[data-event-id]")?.textContent?.includes(text)) return;
					document.removeEventListener("focusin", take);
					setTimeout(() => {
						document.getElementById("content")?.focus();
						lost();
					}, 120);
				});
			}),
		title,
	);
}
