import { seededRandom } from "@kalends/model";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import {
	type CalendarBody,
	connect,
	type EventBody,
	followChanges,
	listAll,
	READER_ZONE,
	sync,
} from "./support/api.ts";
import { type IndependentReader, startIndependentReader } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import {
	type Known,
	type KnownSeries,
	listing,
	slotKey,
	timesOf,
	touches,
	wireKey,
	wireTimes,
} from "./support/known-series.ts";
import { type OtherClient, otherClient } from "./support/other-client.ts";
import { type RandomEdit, randomEdit } from "./support/random-edit.ts";
import { Dice, randomSeries, slotsOf } from "./support/random-series.ts";

const SEED = Number(process.env.KALENDS_EDITS_SEED ?? 1);
const SERIES = Number(process.env.KALENDS_EDITS_SERIES ?? 14);
const EDITS_EACH = 5;
const RANGE = { from: "2026-08-01", to: "2028-08-01" };
const LISTED = `from=${RANGE.from}&to=${RANGE.to}&time_zone=${READER_ZONE}&show_cancelled=true`;
/** As many as a dry run lists. */
const PREVIEW_LIMIT = 500;

let radicale: Radicale;
let kalends: Kalends;
let reader: IndependentReader;
let other: OtherClient;
let calendar: CalendarBody;
let path = "";
/** How often each thing was done: told where a test run asks for more than the usual. */
const counts = new Map<string, number>();

beforeAll(async () => {
	radicale = await startRadicale();
	path = await radicale.createCalendar("edits");
	kalends = await startKalends({ env: { KALENDS_POLL_INTERVAL: "3600" } });
	reader = startIndependentReader();
	const { id } = await connect(kalends, {
		provider: "caldav",
		url: radicale.url.href,
		username: radicale.username,
		password: "any",
	});
	const [found] = await listAll<CalendarBody>(kalends, `/v1/calendars?connection_id=${id}`);
	if (found === undefined) throw new Error("the calendar is not there");
	calendar = found;
	other = otherClient(radicale, path);
});
afterAll(async () => {
	await reader?.stop();
	await kalends?.dispose();
	await radicale?.stop();
	if (process.env.KALENDS_EDITS_SERIES !== undefined)
		process.stderr.write(`${JSON.stringify(Object.fromEntries([...counts].sort()))}\n`);
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

it("random edits of series do what they say and nothing else, as an independent reader finds it on the server", {
	timeout: 60_000 + SERIES * 60_000,
}, async () => {
	const failures: string[] = [];
	for (let number = SEED * 100_003; number < SEED * 100_003 + SERIES; number++) {
		const story = await editOneSeries(new Dice(seededRandom(number)), number);
		if (story !== null) failures.push(story);
	}
	expect(failures.join("\n\n")).toBe("");
	const { stdout } = await kalends.command("verify", "--json");
	expect(JSON.parse(stdout)).toMatchObject({ connections: [{ error: null, differences: [] }] });
});

async function editOneSeries(dice: Dice, number: number): Promise<string | null> {
	const made = await randomSeries(dice, reader, number);
	const story = [`series ${number}`, made.ics];
	try {
		let current: KnownSeries[] = [{ ...made, id: await bring(made, dice) }];
		await check(current);
		for (let index = 0; index < EDITS_EACH && current.length > 0; index++) {
			const series = dice.pick(current);
			const edit = await randomEdit(dice, reader, series, index);
			story.push(
				JSON.stringify([
					edit.kind,
					edit.target && [slotKey(edit.target.slot, series.face), ...timesOf(edit.target)],
					edit.body,
				]),
			);
			const after = await perform(edit, series, current);
			count(typeof after === "string" ? `${after}: ${edit.kind}` : edit.kind);
			if (after === "refused") continue;
			if (after === "followed the calendar") {
				same("listed", await readHere(), await readThere());
				for (const id of await masters()) await kalends.request("DELETE", `/v1/events/${id}?scope=all`);
				return null;
			}
			current = after.filter(({ occurrences }) => occurrences.length > 0);
			await check(current);
			if (dice.chance(0.2)) {
				const run = await sync(kalends, calendar.connection_id);
				expect(run).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
			}
		}
		for (const { id } of current) await kalends.request("DELETE", `/v1/events/${id}?scope=all`);
		await check([]);
		return null;
	} catch (error) {
		const resources = [...(await other.list()).values()];
		for (const { uid } of resources.flatMap(({ events }) => events)) await other.remove(uid);
		await sync(kalends, calendar.connection_id);
		return [...story, ...resources.map(({ ics }) => ics), error instanceof Error ? error.message : String(error)].join(
			"\n",
		);
	}
}

/** Puts a series onto the server through Kalends or as another client; answers its id. */
async function bring(made: Awaited<ReturnType<typeof randomSeries>>, dice: Dice): Promise<string> {
	if (made.postable && dice.chance(0.7)) {
		count("made by POST");
		const { title, recurrence } = made;
		const body = { calendar_id: calendar.id, title, recurrence, ...wireTimes(made) };
		return (await kalends.request<EventBody>("POST", "/v1/events", body)).id;
	}
	count("made by another client");
	await radicale.put(path, `${made.uid}.ics`, made.ics);
	await sync(kalends, calendar.connection_id);
	const [one] = await listed();
	if (one === undefined) throw new Error("the series was not pulled");
	return one.recurring_event_id ?? one.id;
}

interface Listed extends EventBody {
	readonly recurrence: readonly string[] | null;
	readonly recurring_event_id: string | null;
	readonly original_start: EventBody["start"] | null;
}

const listed = () => listAll<Listed>(kalends, `/v1/events?${LISTED}&calendar_id=${calendar.id}`);

/** What is expected, what the independent reader finds on the server, and what Kalends lists are the same. */
async function check(series: readonly KnownSeries[]): Promise<void> {
	const expected = series.flatMap(({ occurrences }) => listing(occurrences, RANGE)).sort();
	same("on the server", await readThere(), expected);
	same("listed", await readHere(), expected);
}

async function readThere(): Promise<string[]> {
	const stored = await reader.read([...(await other.list()).values()], RANGE.from, RANGE.to);
	return stored.map(([, ...rest]) => JSON.stringify(rest));
}

async function readHere(): Promise<string[]> {
	const events = await listed();
	return events.map(({ start, end, title, status }) => JSON.stringify([shown(start), shown(end), title, status]));
}

async function masters(): Promise<string[]> {
	return [...new Set((await listed()).map(({ id, recurring_event_id }) => recurring_event_id ?? id))];
}

function same(where: string, found: readonly string[], expected: readonly string[]): void {
	if (found.toSorted().join() === expected.toSorted().join()) return;
	const missing = expected.filter((one) => !found.includes(one));
	const tooMuch = found.filter((one) => !expected.includes(one));
	throw new Error([`missing ${where}:`, ...missing, `too much ${where}:`, ...tooMuch].join("\n"));
}

function shown(time: EventBody["start"]): string {
	const key = wireKey(time);
	if (time.date !== undefined || key.endsWith("Z")) return key;
	return Temporal.PlainDateTime.from(key).toZonedDateTime(READER_ZONE).toInstant().toString();
}

type Outcome = KnownSeries[] | "refused" | "followed the calendar";

/** Foretells and performs an edit; answers what must be there then, where the rules alone tell. */
async function perform(edit: RandomEdit, series: KnownSeries, all: readonly KnownSeries[]): Promise<Outcome> {
	const id = edit.target === null ? series.id : await occurrenceId(edit.target, series);
	const [method, resource] = [edit.body === null ? "DELETE" : "PATCH", `/v1/events/${id}?scope=${edit.scope}`];
	const before = await everything();
	const changes = await followChanges(kalends);
	const preview = await kalends.fetch(method, `${resource}&dry_run=true`, edit.body ?? undefined);
	const foretold = (await preview.json()) as Preview;
	expect(await everything()).toEqual(before);
	expect(await changes()).toEqual([]);
	const answer = await kalends.fetch(method, resource, edit.body ?? undefined);
	const text = await answer.text();
	if (answer.status === 400 && edit.movesDays && edit.scope !== "this") {
		expect([preview.status, await everything()]).toEqual([400, before]);
		return "refused";
	}
	expect([preview.status, answer.status, text]).toEqual([200, method === "DELETE" ? 204 : 200, text]);
	const rest = all.filter((one) => one !== series);
	const after = splitOf(edit, series, text);
	if (await followedCalendar(edit, after.at(-1))) return "followed the calendar";
	expectForetold(foretold, edit, series);
	const wholly = edit.body === null && after.every(({ occurrences }) => occurrences.length === 0);
	const told = [
		[wholly ? "event.deleted" : "event.updated", series.id],
		...after.slice(1).map(({ id }) => ["event.created", id]),
	];
	expect((await changes()).map(({ type, id }) => [type, id])).toEqual(told);
	return [...rest, ...after];
}

interface Preview {
	readonly occurrences: readonly {
		readonly action: string;
		readonly original_start: EventBody["start"];
		readonly start: EventBody["start"];
		readonly end: EventBody["start"];
	}[];
	readonly dropped: readonly unknown[];
}

const bodyOf = (text: string) => JSON.parse(text) as Listed;

function splitOf(edit: RandomEdit, series: KnownSeries, text: string): KnownSeries[] {
	const left = edit.fates.flatMap(({ after }) => (after === null ? [] : [after]));
	const { target, scope } = edit;
	if (scope !== "following" || text === "" || target === null || bodyOf(text).id === series.id) {
		return [{ ...series, ...(scope === "this" || text === "" ? {} : edit.next), occurrences: left }];
	}
	const head = new Set(series.occurrences.filter((one) => Temporal.PlainDateTime.compare(one.slot, target.slot) < 0));
	return [
		{ ...series, occurrences: left.filter((one) => head.has(one)) },
		{
			...series,
			...edit.next,
			id: bodyOf(text).id,
			uid: bodyOf(text).ical_uid,
			occurrences: left.filter((one) => !head.has(one)),
		},
	];
}

/**
 * A monthly or yearly series moved to a day that some months lack, or that lies in another month, means that day of the
 * month from then on, so its occurrences do not all move by as much.
 */
async function followedCalendar(edit: RandomEdit, moved: KnownSeries | undefined): Promise<boolean> {
	if (!edit.movesDays || edit.scope === "this" || moved === undefined) return false;
	const { recurrence } = await kalends.request<Listed>("GET", `/v1/events/${moved.id}`);
	const [rule] = recurrence?.filter((line) => /^RRULE:FREQ=(MONTHLY|YEARLY)/.test(line)) ?? [];
	if (rule === undefined) return false;
	const slots = new Set((await slotsOf(reader, { ...moved, rules: recurrence ?? [] })).map(String));
	const known = moved.occurrences.filter(({ slot }) => String(slot) < RANGE.to).map(({ slot }) => String(slot));
	if (known.every((slot) => slots.has(slot))) return false;
	const days = await slotsOf(reader, { ...moved, rules: [rule] });
	expect(days.filter(({ day }) => day !== moved.start.day).map(String)).toEqual([]);
	return true;
}

/** The dry run's list is what the edit must change, where both would be listed in full; at the edges it may end. */
function expectForetold(preview: Preview, edit: RandomEdit, series: KnownSeries): void {
	if (preview.occurrences.length >= PREVIEW_LIMIT) return;
	const today = Temporal.Now.plainDateISO(READER_ZONE);
	const found = preview.occurrences.map(({ action, original_start, start, end }) =>
		entry(action, action === "added" ? null : wireKey(original_start), [shown(start), shown(end)]),
	);
	const listed = { from: today.subtract({ days: 20 }).toString(), to: today.add({ days: 390 }).toString() };
	const surely = dueEntries(edit, series, listed);
	const possibly = dueEntries(edit, series, { from: "2020-01-01", to: "2040-01-01" });
	// What moves to another day of the month may be told as gone and come.
	const told = edit.movesDays ? apart : (entries: readonly string[]) => [...entries];
	const foretold = told(found);
	const extra = foretold.filter((one) => !told(possibly).includes(one));
	const right = surely.filter((one) => told([one]).every((part) => foretold.includes(part)));
	same("in the dry run", [...right, ...extra], surely);
}

function dueEntries({ fates }: RandomEdit, { face }: KnownSeries, { from, to }: typeof RANGE): string[] {
	const inside = (one: Known) => touches(one, from, to);
	const look = (one: Known) => [...timesOf(one), one.title, one.status, one.face.kind, one.face.zone].join();
	return fates.flatMap(({ before, after }): string[] => {
		if (before === null) return after !== null && inside(after) ? [entry("added", null, timesOf(after))] : [];
		const key = slotKey(before.slot, face);
		if (after === null) return inside(before) ? [entry("removed", key, timesOf(before))] : [];
		if (look(before) === look(after) || !(inside(before) || inside(after))) return [];
		return [entry("changed", key, timesOf(after))];
	});
}

function entry(action: string, slot: string | null, times: readonly [string, string]): string {
	return JSON.stringify([action, slot, ...times]);
}

/** Each change as what goes and what comes. */
function apart(entries: readonly string[]): string[] {
	return entries.flatMap((text) => {
		const [action, slot, ...times] = JSON.parse(text) as [string, string | null, string, string];
		const goes = JSON.stringify(["goes", slot]);
		const comes = JSON.stringify(["comes", ...times]);
		return action === "removed" ? [goes] : action === "added" ? [comes] : [goes, comes];
	});
}

async function occurrenceId(target: Known, series: KnownSeries): Promise<string> {
	const key = slotKey(target.slot, series.face);
	const found = (await listed()).find(
		(one) => one.recurring_event_id === series.id && one.original_start !== null && wireKey(one.original_start) === key,
	);
	if (found === undefined) throw new Error(`no occurrence of ${key} is listed`);
	return found.id;
}

/** What a dry run must leave alone. */
async function everything() {
	const events = (await listed()).map(({ id, etag }) => [id, etag]);
	const stored = [...(await other.list()).values()].map(({ href, etag, ics }) => [href, etag, ics]);
	return { events, stored: stored.sort() };
}

function count(what: string): void {
	counts.set(what, (counts.get(what) ?? 0) + 1);
}
