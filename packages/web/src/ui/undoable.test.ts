import { afterEach, expect, test } from "vitest";
import { shown, undoLast } from "./toast.tsx";
import { linesOf, undoable } from "./undoable.ts";

afterEach(() => shown.set([]));

function recorder() {
	const undone: string[] = [];
	return { undone, undo: (name: string) => async () => void undone.push(name) };
}
const texts = () => shown.get().map(({ text }) => text);

test("is offered once it is through, and undone once", async () => {
	const { undone, undo } = recorder();
	const one = undoable("later");
	expect(texts()).toEqual([""]);
	one.offer("Deleted", undo("one"));
	expect(texts()).toEqual(["Deleted"]);
	undoLast();
	undoLast();
	expect(undone).toEqual(["one"]);
	expect(texts()).toEqual([]);
});

test("what is wanted before it is through is remembered, and undone once it is", async () => {
	const { undone, undo } = recorder();
	const earlier = undoable("later");
	earlier.offer("Moved", undo("earlier"));
	const latest = undoable("later");
	undoLast();
	// The one that is under way was meant, not the one before it.
	expect(undone).toEqual([]);
	expect(texts()).toEqual(["Moved", "later"]);
	latest.offer("Deleted", undo("latest"));
	expect(undone).toEqual(["latest"]);
	await Promise.resolve();
	await Promise.resolve();
	expect(texts()).toEqual(["Moved"]);
	undoLast();
	expect(undone).toEqual(["latest", "earlier"]);
});

test("what did not get through is not offered", () => {
	const one = undoable("later");
	one.end();
	undoLast();
	expect(one.wanted()).toBe(false);
	expect(texts()).toEqual([]);
});

test("every one is kept for its time, and undone in turn from the last", () => {
	const { undone, undo } = recorder();
	for (const name of ["a", "b", "c", "d"]) undoable("later").offer(name, undo(name));
	expect(texts()).toEqual(["a", "b", "c", "d"]);
	for (let times = 0; times < 5; times++) undoLast();
	expect(undone).toEqual(["d", "c", "b", "a"]);
});

test("two that wait to be undone are said in one line", () => {
	const [one, other] = [undoable("later"), undoable("later")];
	undoLast();
	undoLast();
	expect(texts()).toEqual(["later", "later"]);
	expect(linesOf(shown.get())).toHaveLength(1);
	other.end();
	expect(linesOf(shown.get())).toHaveLength(1);
	one.end();
	const { undo } = recorder();
	for (const name of ["one", "two"]) undoable("later").offer("Moved", undo(name));
	expect(linesOf(shown.get())).toHaveLength(2);
});

test("of many that are under way the key takes back what was begun last, whichever is through first", () => {
	const all = Array.from({ length: 5 }, () => undoable("later"));
	const undone: number[] = [];
	const through = (index: number) =>
		all[index]?.offer(`the ${index}th`, async () => {
			undone.push(index);
		});
	for (const index of [0, 1, 2]) through(index);
	undoLast();
	undoLast();
	expect(all.map(({ wanted }) => wanted())).toEqual([false, false, false, true, true]);
	for (const index of [3, 4]) through(index);
	expect(undone).toEqual([3, 4]);
});
