import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import { propertyTests } from "./contract-properties.ts";
import { writeTests } from "./contract-writes.ts";
import { type Fixture, fixture, todoFixture } from "./fixture-events.ts";
import { connect, Follower } from "./follower.ts";
import type { ContractAbility, ContractAccount, ContractHarness, ContractOptions } from "./harness.ts";

/**
 * The suite that every provider passes, the in-memory one and the real servers alike.
 * `open` starts the other side once for the whole suite.
 */
export function providerContract(
	name: string,
	open: () => Promise<ContractHarness>,
	options: ContractOptions = {},
): void {
	describe(`${name} keeps the provider contract`, () => {
		let harness: ContractHarness;
		beforeAll(async () => {
			harness = await open();
		});
		afterAll(() => harness?.close?.());

		const has: Has = (ability) => options.lacks?.includes(ability) !== true;
		connectTests(() => harness, has);
		if (options.severalCalendars !== false) listingTests(() => harness, has);
		pullTests(() => harness, options);
		changeTests(() => harness);
		recoveryTests(() => harness, has);
		oddResourceTests(() => harness, has);
		propertyTests(() => harness, options);
		if (has("write")) writeTests(() => harness, options);
	});
}

type Open = () => ContractHarness;

/** An account with one calendar that holds these fixtures, and a follower of it. */
export async function stage(harness: ContractHarness, fixtures: readonly Fixture[]) {
	const account = await harness.makeAccount();
	const calendarId = await account.createCalendar("Staged");
	for (const { uid, ics } of fixtures) await account.put(calendarId, uid, ics);
	const follower = await Follower.of(harness, account, calendarId);
	return { account, calendarId, follower };
}

const expected = (...fixtures: readonly Fixture[]) => fixtures.flatMap((each) => each.expected).sort();
const uids = (...fixtures: readonly Fixture[]) => fixtures.map(({ uid }) => uid).sort();
const single = (uid: string, title = `Title of ${uid}`, day = 5) => fixture({ uid, title, day });
const series = (uid: string, title: string, override: string) => fixture({ uid, title, override });

type Has = (ability: ContractAbility) => boolean;

/** An ability that `lacks` does not name must be there, so that no test is left out unnoticed. */
function need<K extends ContractAbility & keyof ContractAccount>(
	account: ContractAccount,
	ability: K,
): NonNullable<ContractAccount[K]> {
	const found = account[ability];
	if (found === undefined) throw new Error(`the harness has no ${ability} and does not say so in lacks`);
	return found;
}

function connectTests(open: Open, has: Has): void {
	test("connects, and keeps the password out of the settings", async () => {
		const account = await open().makeAccount();
		const calendarId = await account.createCalendar("Work");
		const found = await connect(open(), account);
		expect(found.calendars.map(({ id }) => id)).toContain(calendarId);
		expect(found.account).not.toBe("");
		expect(found.suggestedName).not.toBe("");
		const inTheClear = JSON.stringify([found.account, found.suggestedName, found.settings, found.calendars]);
		if (account.input.password) expect(inTheClear).not.toContain(account.input.password);
	});

	if (has("wrongInputs"))
		test("refuses wrong credentials", async () => {
			const account = await open().makeAccount();
			await account.createCalendar("Work");
			expect(account.wrongInputs).not.toEqual([]);
			for (const wrong of account.wrongInputs) {
				const failure = await connect(open(), account, wrong).catch((error: unknown) => error);
				expect(failure).toBeInstanceOf(ProviderFailure);
				expect(failure).toMatchObject({ kind: "auth_revoked" });
			}
		});

	if (has("revokeCredentials"))
		test("says so when the credentials stop working", async () => {
			const { account, follower } = await stage(open(), [single("kept")]);
			const revoke = need(account, "revokeCredentials");
			await follower.sync();
			await revoke();
			await expect(follower.sync()).rejects.toMatchObject({ name: "ProviderFailure", kind: "auth_revoked" });
			expect(follower.lines).toEqual(expected(single("kept")));
		});
}

function listingTests(open: Open, has: Has): void {
	test("lists calendars by stable ids, new ones and no deleted ones", async () => {
		const { account, calendarId, follower } = await stage(open(), []);
		const second = await account.createCalendar("Second");
		const listed = await follower.list();
		expect(listed.map(({ id }) => id).sort()).toEqual([calendarId, second].sort());
		expect(listed.map(({ name }) => name).sort()).toEqual(["Second", "Staged"]);
		expect((await follower.list()).map(({ id }) => id)).toEqual(listed.map(({ id }) => id));
		if (!has("deleteCalendar")) return;
		await need(account, "deleteCalendar")(second);
		expect((await follower.list()).map(({ id }) => id)).toEqual([calendarId]);
	});

	test("pulls each calendar by itself", async () => {
		const { account, follower } = await stage(open(), [single("mine")]);
		const second = await account.createCalendar("Second");
		await account.put(second, "theirs", single("theirs").ics);
		const other = await Follower.of(open(), account, second);
		await follower.sync();
		await other.sync();
		expect(follower.lines).toEqual(expected(single("mine")));
		expect(other.lines).toEqual(expected(single("theirs")));
	});
}

function pullTests(open: Open, options: ContractOptions): void {
	const some = [single("a", "Alone", 3), single("b", "Grüße, 世界 & <co>; ok", 9), series("c", "Daily", "Moved")];

	test("the first pull is complete, and the second finds nothing", async () => {
		const { follower } = await stage(open(), some);
		const first = await follower.sync();
		expect(first.pages.at(-1)).toMatchObject({ mode: "full", complete: true });
		expect(first.changed).toEqual(uids(...some));
		expect(follower.lines).toEqual(expected(...some));

		const second = await follower.sync();
		expect(second.pages.flatMap((page) => [...page.changed, ...page.removed])).toEqual([]);
		expect(follower.lines).toEqual(expected(...some));
	});

	test("an empty calendar is pulled, and filled later", async () => {
		const { account, calendarId, follower } = await stage(open(), []);
		await follower.sync();
		expect(follower.lines).toEqual([]);
		await account.put(calendarId, "first", single("first").ics);
		expect((await follower.sync()).changed).toEqual(["first"]);
	});

	test("overrides live with their master, and change with it", async () => {
		const { account, calendarId, follower } = await stage(open(), [series("s", "Daily", "Moved")]);
		const { pages } = await follower.sync();
		expect(pages.flatMap((page) => page.changed.map(({ events }) => events.length))).toEqual([2]);
		const renamed = series("s", "Daily", "Moved again");
		await account.put(calendarId, "s", renamed.ics);
		expect((await follower.sync()).changed).toEqual(["s"]);
		expect(follower.lines).toEqual(expected(renamed));
		await account.put(calendarId, "s", single("s", "Single now").ics);
		await follower.sync();
		expect(follower.lines).toEqual(expected(single("s", "Single now")));
	});

	test("brings more resources than a page holds, each once", { timeout: 120_000 }, async () => {
		const count = options.manyResources ?? 260;
		const many = Array.from({ length: count }, (_, index) => single(`many-${index}`, `No ${index}`, 1 + (index % 28)));
		const { account, calendarId, follower } = await stage(open(), []);
		await putMany(account, calendarId, many);
		expect((await follower.sync()).changed).toEqual(uids(...many));
		expect(follower.lines).toEqual(expected(...many));

		const renamed = many.map(({ uid }) => single(uid, "Renamed", 7));
		await putMany(account, calendarId, renamed);
		expect((await follower.sync()).changed).toEqual(uids(...renamed));
		expect(follower.lines).toEqual(expected(...renamed));
		expect((await follower.sync()).changed).toEqual([]);
	});
}

function changeTests(open: Open): void {
	test("a creation, a change and a deletion arrive once each", async () => {
		const before = [single("kept"), single("edited"), single("dropped")];
		const { account, calendarId, follower } = await stage(open(), before);
		await follower.sync();
		const edited = single("edited", "Edited", 8);
		const created = single("created");
		await account.put(calendarId, "edited", edited.ics);
		await account.put(calendarId, "created", created.ics);
		await account.remove(calendarId, "dropped");

		expect(await follower.sync()).toMatchObject({ changed: ["created", "edited"], lost: ["dropped"] });
		expect(follower.lines).toEqual(expected(single("kept"), edited, created));
		expect(await follower.sync()).toMatchObject({ changed: [], lost: [] });
	});

	test("an emptied calendar is empty", async () => {
		const { account, calendarId, follower } = await stage(open(), [single("a"), single("b")]);
		await follower.sync();
		await account.remove(calendarId, "a");
		await account.remove(calendarId, "b");
		expect(await follower.sync()).toMatchObject({ changed: [], lost: ["a", "b"] });
		expect(follower.lines).toEqual([]);
		expect(await follower.sync()).toMatchObject({ changed: [], lost: [] });
	});

	test("a resource that is deleted and made again is there", async () => {
		const { account, calendarId, follower } = await stage(open(), [single("again"), single("other")]);
		await follower.sync();
		await account.remove(calendarId, "again");
		await account.put(calendarId, "again", single("again", "Second life").ics);
		await follower.sync();
		expect(follower.lines).toEqual(expected(single("again", "Second life"), single("other")));
	});

	test("the version hint moves with every change, or says nothing", async () => {
		const { account, calendarId, follower } = await stage(open(), [single("a")]);
		const steps: readonly [() => Promise<void>, readonly Fixture[]][] = [
			[() => account.put(calendarId, "b", single("b").ics), [single("a"), single("b")]],
			[() => account.put(calendarId, "b", single("b", "New").ics), [single("a"), single("b", "New")]],
			[() => account.remove(calendarId, "a"), [single("b", "New")]],
			[() => account.put(calendarId, "a", single("a").ics), [single("a"), single("b", "New")]],
		];
		await follower.sync({ trustVersion: true });
		for (const [change, after] of steps) {
			await change();
			await follower.sync({ trustVersion: true });
			expect(follower.lines).toEqual(expected(...after));
		}
	});

	test.each([1, 2, 3, 4, 5])("a change at step %i of a pull is seen by it or by the next", async (at) => {
		const { account, calendarId, follower } = await stage(open(), [single("a"), single("b"), single("c")]);
		let happened = false;
		const during = async (step: number) => {
			if (step !== at) return;
			happened = true;
			await account.put(calendarId, "a", single("a", "Changed").ics);
			await account.remove(calendarId, "b");
			await account.put(calendarId, "d", single("d").ics);
		};
		const before = [single("a"), single("b"), single("c")];
		const after = [single("a", "Changed"), single("c"), single("d")];
		await follower.sync({ during });
		await follower.sync({ trustVersion: true });
		expect(follower.lines).toEqual(expected(...(happened ? after : before)));
	});

	test.each([1, 2, 3, 4, 5])("a change at step %i of a pull with a cursor is seen by it or by the next", async (at) => {
		const { account, calendarId, follower } = await stage(open(), [single("a"), single("b")]);
		await follower.sync();
		for (const uid of ["c", "d", "e"]) await account.put(calendarId, uid, single(uid).ics);
		let happened = false;
		const during = async (step: number) => {
			if (step !== at) return;
			happened = true;
			await account.put(calendarId, "c", single("c", "Changed").ics);
			await account.remove(calendarId, "a");
		};
		await follower.sync({ during });
		await follower.sync({ trustVersion: true });
		const rest = [single("b"), single("d"), single("e")];
		expect(follower.lines).toEqual(
			expected(...rest, ...(happened ? [single("c", "Changed")] : [single("a"), single("c")])),
		);
	});
}

function recoveryTests(open: Open, has: Has): void {
	test("the same pull again from an older copy and its cursor gives the same", async () => {
		const { account, calendarId, follower } = await stage(open(), [single("a"), single("b")]);
		await follower.sync();
		const backup = follower.snapshot();
		await account.put(calendarId, "a", single("a", "New").ics);
		await account.remove(calendarId, "b");
		await account.put(calendarId, "c", single("c").ics);
		for (let round = 0; round < 3; round++) {
			await follower.sync();
			expect(follower.lines).toEqual(expected(single("a", "New"), single("c")));
			follower.restore(backup);
		}
	});

	if (has("expireCursors"))
		test("an expired cursor loses nothing and deletes nothing that is there", async () => {
			const { account, calendarId, follower } = await stage(open(), [single("a"), single("b"), single("c")]);
			const expire = need(account, "expireCursors");
			await follower.sync();
			await expire(calendarId);
			expect(await follower.sync()).toMatchObject({ lost: [] });
			expect(follower.lines).toEqual(expected(single("a"), single("b"), single("c")));

			await account.remove(calendarId, "b");
			await account.put(calendarId, "d", single("d").ics);
			await expire(calendarId);
			expect(await follower.sync()).toMatchObject({ lost: ["b"] });
			expect(follower.lines).toEqual(expected(single("a"), single("c"), single("d")));
			expect(await follower.sync()).toMatchObject({ changed: [], lost: [] });
		});

	if (has("changeEtags"))
		test("new etags over unchanged content change nothing", async () => {
			const { account, calendarId, follower } = await stage(open(), [single("a"), series("s", "Daily", "Moved")]);
			const changeEtags = need(account, "changeEtags");
			await follower.sync();
			await changeEtags(calendarId);
			expect(await follower.sync()).toMatchObject({ lost: [] });
			expect(follower.lines).toEqual(expected(single("a"), series("s", "Daily", "Moved")));
		});

	test.each([1, 2, 3, 4])("a connection lost at step %i is a failure that the next pull heals", async (cutAt) => {
		const { account, calendarId, follower } = await stage(open(), [single("a"), single("b")]);
		const judge = (error: unknown) =>
			expect(error).toMatchObject({ name: "ProviderFailure", kind: "unavailable", reason: "connection_lost" });
		await follower.sync({ cutAt }).catch(judge);
		await follower.sync();
		expect(follower.lines).toEqual(expected(single("a"), single("b")));
		await account.remove(calendarId, "a");
		await account.put(calendarId, "c", single("c").ics);
		await follower.sync({ cutAt }).catch(judge);
		await follower.sync();
		expect(follower.lines).toEqual(expected(single("b"), single("c")));
	});

	test("a pull that stops after its first page is made good by the next", async () => {
		const many = Array.from({ length: 12 }, (_, index) => single(`part-${index}`));
		const { account, calendarId, follower } = await stage(open(), many);
		await follower.sync({ stopAfter: 1 });
		await follower.sync();
		expect(follower.lines).toEqual(expected(...many));
		for (const { uid } of many.slice(0, 6)) await account.remove(calendarId, uid);
		await follower.sync({ stopAfter: 1 });
		await follower.sync();
		expect(follower.lines).toEqual(expected(...many.slice(6)));
	});
}

function oddResourceTests(open: Open, has: Has): void {
	test("what is no event brings no event and no failure", async () => {
		const { account, calendarId, follower } = await stage(open(), [single("a"), todoFixture("todo")]);
		await follower.sync();
		expect(follower.lines).toEqual(expected(single("a")));
		await account.remove(calendarId, "todo");
		await follower.sync();
		expect(follower.lines).toEqual(expected(single("a")));
	});

	if (has("putBroken"))
		test("a resource that cannot be read neither stops the pull nor counts as deleted", async () => {
			const { account, calendarId, follower } = await stage(open(), [single("a"), single("broken")]);
			const putBroken = need(account, "putBroken");
			await follower.sync();
			const ids = follower.resourceIds;
			await putBroken(calendarId, "broken");
			await putBroken(calendarId, "broken-from-the-start");
			await account.put(calendarId, "a", single("a", "New").ics);
			await follower.sync();
			expect(follower.lines).toEqual(expect.arrayContaining(expected(single("a", "New"))));
			expect(follower.resourceIds).toEqual(expect.arrayContaining([...ids]));

			await account.put(calendarId, "broken", single("broken", "Mended").ics);
			await account.put(calendarId, "broken-from-the-start", single("broken-from-the-start").ics);
			await follower.sync();
			expect(follower.lines).toEqual(
				expected(single("a", "New"), single("broken", "Mended"), single("broken-from-the-start")),
			);
		});
}

async function putMany(account: ContractAccount, calendarId: string, fixtures: readonly Fixture[]): Promise<void> {
	if (account.putMany !== undefined) return await account.putMany(calendarId, fixtures);
	for (const { uid, ics } of fixtures) await account.put(calendarId, uid, ics);
}
