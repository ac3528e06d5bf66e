import { beforeEach, expect, test } from "vitest";
import {
	draftMark,
	dropAside,
	dropDraft,
	dropSentAside,
	handOver,
	keepDraft,
	NEW,
	noteMade,
	readDraft,
	setAside,
	takeMade,
	takeUp,
} from "./draft.ts";
import { newValues } from "./form/values.ts";
import { forgetSent, isRepeatable, keepSent, newSent, takeUnanswered } from "./sent.ts";

const HOUR = 3_600_000;
const BLANK = newValues({ calendarId: "cal_1", allDay: false, start: 0, end: HOUR, zone: "UTC" });
const titled = (title: string) => ({ ...BLANK, title });
const type = (title: string) => keepDraft(NEW, { values: titled(title), base: null });
const titles = () => setAside(BLANK).map(({ values }) => values.title);
const inForm = () => readDraft(NEW, BLANK)?.values.title;

beforeEach(() => sessionStorage.clear());

test("what is handed over sets aside what was typed before, however often, and each can be taken up or dropped", () => {
	type("One");
	handOver(titled("Two"));
	handOver(titled("Three"));
	expect([inForm(), titles()]).toEqual(["Three", ["Two", "One"]]);
	const [two, one] = setAside(BLANK);
	if (one === undefined || two === undefined) throw new Error("nothing was set aside");
	takeUp(one);
	expect([inForm(), titles()]).toEqual(["One", ["Three", "Two"]]);
	dropAside(two);
	expect(titles()).toEqual(["Three"]);
});

test("the same once more, and what has no words, is not set aside", () => {
	type("One");
	handOver(titled("One"));
	expect(titles()).toEqual([]);
	keepDraft(NEW, { values: { ...BLANK, startTime: "08:00" }, base: null });
	handOver(titled("Two"));
	expect([inForm(), titles()]).toEqual(["Two", []]);
});

test("a form drops its own draft only; what it had sent is not offered any more once it is made", () => {
	const sent = newSent(titled("One"), 0);
	const mark = keepDraft(NEW, { values: titled("One"), base: null, sent });
	expect(readDraft(NEW, BLANK)?.sent).toEqual(sent);
	handOver(titled("Two"));
	dropDraft(NEW, mark);
	expect([inForm(), titles()]).toEqual(["Two", ["One"]]);
	dropSentAside(sent);
	expect(titles()).toEqual([]);
	dropDraft(NEW, draftMark(NEW));
	expect(readDraft(NEW, BLANK)).toBeNull();
});

test("what lacks a field is of another version of the app, and left aside", () => {
	keepDraft(NEW, { values: JSON.parse('{"title":"Old"}'), base: null });
	expect(readDraft(NEW, BLANK)).toBeNull();
	handOver(titled("Two"));
	expect(titles()).toEqual([]);
});

test("what was sent is kept until it is answered, and taken up once; an old key is none any more", () => {
	const [one, two] = [newSent(titled("One"), 0), newSent(titled("Two"), HOUR)];
	expect(one.key).not.toBe(two.key);
	for (const sent of [one, two, one]) keepSent(sent);
	forgetSent(two.key);
	expect(takeUnanswered()).toEqual([one]);
	expect(takeUnanswered()).toEqual([]);
	expect([isRepeatable(one, 23 * HOUR - 1), isRepeatable(one, 23 * HOUR)]).toEqual([true, false]);
});

test("which event it was that was typed on is told once, unless that had ended", () => {
	noteMade("evt_1")();
	expect(takeMade()).toBeNull();
	noteMade("evt_2");
	expect([takeMade(), takeMade()]).toEqual(["evt_2", null]);
});
