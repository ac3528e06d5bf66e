import { beforeEach, expect, test } from "vitest";
import { ADA, BOB, daily, googleClient, refusal, stage, timed } from "../../testing/google-client.ts";

const sandbox = await stage();
const ada = googleClient(sandbox, ADA).events;
const bob = googleClient(sandbox, BOB).events;
const OUTSIDE = "guest@example.net";
const calendarId = "primary";

beforeEach(() => {
	sandbox.world.mails.length = 0;
});

const mails = () => sandbox.world.mails.map(({ kind, from, to }) => `${kind} ${from} ${to}`);
const invited = (...emails: string[]) => ({ attendees: emails.map((email) => ({ email })) });

async function invite(requestBody = timed(5, invited(BOB, OUTSIDE)), sendUpdates = "none") {
	const { data } = await ada.insert({ calendarId, requestBody, sendUpdates });
	return { ...data, at: { calendarId, eventId: data.id ?? "" } };
}

const response = async (events: typeof ada, at: { calendarId: string; eventId: string }, email: string) =>
	(await events.get(at)).data.attendees?.find((each) => each.email === email)?.responseStatus;

test("a guest gets a copy under the same id, with an own answer", async () => {
	const { at, id, iCalUID } = await invite();
	const { data: copy } = await bob.get(at);
	expect(copy).toMatchObject({
		id,
		iCalUID,
		summary: "Event of 5",
		organizer: { email: ADA },
		creator: { email: ADA },
		attendees: [
			{ email: BOB, self: true, responseStatus: "needsAction" },
			{ email: OUTSIDE, responseStatus: "needsAction" },
		],
	});
	expect(copy.organizer).not.toHaveProperty("self");

	const attendees = [{ email: BOB, responseStatus: "accepted", comment: "Gladly" }, { email: OUTSIDE }];
	await bob.patch({ ...at, requestBody: { attendees }, sendUpdates: "all" });
	expect(await response(ada, at, BOB)).toBe("accepted");
	expect((await ada.get(at)).data.attendees?.[0]?.comment).toBe("Gladly");
	expect(mails()).toEqual([`response ${BOB} ${ADA}`]);
});

test("what the organizer changes reaches the guests, and what guests change stays with them", async () => {
	const { at } = await invite();
	await bob.patch({ ...at, requestBody: { colorId: "5", transparency: "transparent", summary: "My title" } });
	await ada.patch({ ...at, requestBody: { location: "Room 2" } });
	expect((await bob.get(at)).data).toMatchObject({
		location: "Room 2",
		summary: "Event of 5",
		colorId: "5",
		transparency: "transparent",
	});
	expect((await ada.get(at)).data).not.toHaveProperty("colorId");
	expect((await ada.get(at)).data.summary).toBe("Event of 5");
	expect(await refusal(bob.patch({ ...at, requestBody: { guestsCanModify: true } }))).toBe(
		"403 forbiddenForNonOrganizer",
	);
	await ada.patch({ ...at, requestBody: { guestsCanModify: true } });
	await bob.patch({ ...at, requestBody: { summary: "Our title" } });
	expect((await ada.get(at)).data.summary).toBe("Our title");
});

test("who is no longer invited loses the copy; who deletes it declines", async () => {
	const { at } = await invite();
	await ada.patch({ ...at, requestBody: invited(OUTSIDE) });
	expect((await bob.get(at)).data.status).toBe("cancelled");
	await ada.patch({ ...at, requestBody: invited(OUTSIDE, BOB) });
	expect((await bob.get(at)).data.status).toBe("confirmed");
	await bob.delete(at);
	expect(await response(ada, at, BOB)).toBe("declined");
	expect((await ada.get(at)).data.status).toBe("confirmed");
	await ada.patch({ ...at, requestBody: { location: "Elsewhere" } });
	expect((await bob.get(at)).data.status).toBe("cancelled");
	const other = await invite();
	await ada.delete(other.at);
	expect((await bob.get(other.at)).data.status).toBe("cancelled");
});

test("guests follow a series: one instance moved, one declined, one to which only they are invited", async () => {
	const { at, id } = await invite(daily(invited(BOB)));
	const instance = (day: number) => ({ calendarId, eventId: `${id}_2026120${day}T090000Z` });
	await ada.patch({ ...instance(2), requestBody: { location: "Moved" } });
	expect((await bob.get(instance(2))).data).toMatchObject({ location: "Moved", recurringEventId: id });
	await bob.patch({ ...instance(3), requestBody: { attendees: [{ email: BOB, responseStatus: "declined" }] } });
	expect(await response(ada, instance(3), BOB)).toBe("declined");
	expect(await response(ada, at, BOB)).toBe("needsAction");
	await ada.delete(instance(4));
	expect((await bob.get(instance(4))).data.status).toBe("cancelled");
	expect((await bob.instances(at)).data.items).toHaveLength(4);

	const alone = await invite(daily());
	const only = { calendarId, eventId: `${alone.id}_20261202T090000Z` };
	await ada.patch({ ...only, requestBody: invited(BOB) });
	expect((await bob.get(only)).data).toMatchObject({ recurringEventId: alone.id, status: "confirmed" });
	expect(await refusal(bob.get(alone.at))).toBe("404 notFound");
});

test("mails go to whom sendUpdates says", async () => {
	const { at } = await invite();
	expect(mails()).toEqual([]);
	await ada.patch({ ...at, requestBody: { summary: "New" }, sendUpdates: "externalOnly" });
	expect(mails()).toEqual([`update ${ADA} ${OUTSIDE}`]);
	await ada.delete({ ...at, sendUpdates: "all" });
	expect(mails().slice(1)).toEqual([`cancellation ${ADA} ${BOB}`, `cancellation ${ADA} ${OUTSIDE}`]);
	sandbox.world.mails.length = 0;
	const second = await invite(timed(6, invited(BOB)), "all");
	await ada.patch({ ...second.at, requestBody: { reminders: { useDefault: false } }, sendUpdates: "none" });
	await ada.patch({ ...second.at, requestBody: invited(OUTSIDE), sendUpdates: "all" });
	expect(mails()).toEqual([`invitation ${ADA} ${BOB}`, `cancellation ${ADA} ${BOB}`, `invitation ${ADA} ${OUTSIDE}`]);
});

test("lists of guests are shown as far as asked for, and as far as guests may see them", async () => {
	const { at } = await invite(timed(5, { ...invited(BOB, OUTSIDE), guestsCanSeeOtherGuests: false }));
	const { data } = await bob.get(at);
	expect(data).toMatchObject({ attendeesOmitted: true, attendees: [{ email: BOB, self: true }] });
	expect(data.attendees).toHaveLength(1);
	expect((await ada.get({ ...at, maxAttendees: 1 })).data.attendeesOmitted).toBe(true);
	// An entry alone, where the list is said not to be whole, changes that entry alone.
	const attendees = [{ email: BOB, responseStatus: "tentative" }];
	await bob.patch({ ...at, requestBody: { attendeesOmitted: true, attendees } });
	const { data: whole } = await ada.get(at);
	expect(whole.attendees?.map(({ email, responseStatus }) => [email, responseStatus])).toEqual([
		[BOB, "tentative"],
		[OUTSIDE, "needsAction"],
	]);
});
