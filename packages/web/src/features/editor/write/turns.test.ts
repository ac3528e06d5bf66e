import { expect, test } from "vitest";
import { createEtags, takeTurn, takeTurnBack, turnsOver } from "./turns.ts";

test("writes of one series wait for each other, in their order; those of others do not", async () => {
	const said: string[] = [];
	const first = await takeTurn("evt_1");
	const second = takeTurn("evt_1").then((end) => {
		said.push("second");
		end();
	});
	const over = turnsOver("evt_1").then(() => said.push("over"));
	(await takeTurn("evt_2"))();
	said.push("other");
	first();
	await Promise.all([second, over]);
	expect(said).toEqual(["other", "second", "over"]);
	await turnsOver("evt_1");
});

test("undos wait for every write, the last write's goes first", async () => {
	const said: string[] = [];
	const say = (name: string) => (end: () => void) => {
		said.push(name);
		end();
	};
	const first = await takeTurn("evt_1");
	const second = takeTurn("evt_1");
	const undos = [takeTurnBack("evt_1", 1).then(say("undo of the first"))];
	first();
	const endSecond = await second;
	undos.push(takeTurnBack("evt_1", 2).then(say("undo of the second")));
	endSecond();
	await Promise.all(undos);
	await takeTurnBack("evt_1", 3).then(say("later"));
	expect(said).toEqual(["undo of the second", "undo of the first", "later"]);
});

test("undos that are asked for one after the other, each while the one before it is under way, go back step by step", async () => {
	const said: number[] = [];
	const undo = async (order: number) => {
		const end = await takeTurnBack("evt_1", order);
		said.push(order);
		end();
	};
	const latest = await takeTurnBack("evt_1", 4);
	const earlier = [undo(3), undo(2), undo(1)];
	latest();
	await Promise.all(earlier);
	expect(said).toEqual([3, 2, 1]);
});

test("an etag is followed to what its own writes left", () => {
	const etags = createEtags();
	etags.note("1", "2");
	etags.note("2", "3");
	expect(["1", "2", "3", "other"].map(etags.now)).toEqual(["3", "3", "3", "other"]);
});

test("etags that lead in a circle end, and old ones are forgotten", () => {
	const etags = createEtags();
	etags.note("a", "b");
	etags.note("b", "a");
	etags.note("a", "a");
	expect(etags.now("a")).toMatch(/^[ab]$/);
	for (let index = 0; index < 500; index += 1) etags.note(`${index}`, `${index}'`);
	expect(etags.now("a")).toBe("a");
});
