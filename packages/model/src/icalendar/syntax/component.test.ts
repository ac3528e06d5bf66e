import { describe, expect, test } from "vitest";
import { buildTree, DEFAULT_LIMITS, propertyOf, serializeComponent } from "./component.ts";

const tree = (...lines: string[]) => buildTree(lines);

describe("buildTree", () => {
	test("keeps properties and components in order", () => {
		const { roots, unclosed, warnings } = tree("BEGIN:a", "X:1", "begin:B", "Y:2", "End:b ", "X:3", "END:A");
		expect({ unclosed, warnings }).toEqual({ unclosed: [], warnings: [] });
		expect(roots.map(serializeComponent)).toEqual(["BEGIN:A\r\nX:1\r\nX:3\r\nBEGIN:B\r\nY:2\r\nEND:B\r\nEND:A\r\n"]);
	});

	test("an END that skips a level closes it, with a warning", () => {
		const { roots, unclosed, warnings } = tree("BEGIN:A", "BEGIN:B", "Y:2", "END:A");
		expect(propertyOf(roots[0]?.components[0] ?? { name: "", properties: [], components: [] }, "Y")?.value).toBe("2");
		expect(unclosed).toEqual([]);
		expect(warnings.join()).toContain("B never ended");
	});

	test("a component that starts inside one of its own name ends it", () => {
		const { roots, warnings } = tree("BEGIN:A", "BEGIN:B", "X:1", "BEGIN:B", "X:2", "END:B", "END:A");
		expect(roots[0]?.components.map((b) => propertyOf(b, "X")?.value)).toEqual(["1", "2"]);
		expect(warnings).toHaveLength(1);
	});

	test("an END without BEGIN, and lines that are none, are warnings", () => {
		const { warnings } = tree("BEGIN:A", "END:B", "what is this", " ", "END:A");
		expect(warnings).toHaveLength(2);
	});

	test("names what the end of the file left open", () =>
		expect(tree("BEGIN:A", "BEGIN:B", "X:1").unclosed).toEqual(["A", "B"]));

	test("a component with too many properties loses those beyond, and costs the others nothing", () => {
		const limits = { ...DEFAULT_LIMITS, maxPropertiesPerComponent: 2 };
		const { roots, limit, dropped, warnings } = buildTree(
			["BEGIN:A", "BEGIN:B", "X:1", "X:2", "X:3", "X:4", "END:B", "BEGIN:C", "X:1", "END:C", "END:A"],
			limits,
		);
		expect(roots[0]?.components.map(({ properties }) => properties.length)).toEqual([2, 1]);
		expect({ limit, dropped }).toEqual({ limit: null, dropped: 2 });
		expect(warnings).toEqual(["2 properties were left out: a component has at most 2."]);
	});

	test("stops at each limit", () => {
		const limits = {
			...DEFAULT_LIMITS,
			maxComponents: 3,
			maxDepth: 2,
			maxLineLength: 20,
		};
		expect(buildTree(["BEGIN:A", "BEGIN:B", "BEGIN:C"], limits).limit).toContain("nested deeper");
		expect(buildTree(["BEGIN:A", "BEGIN:B", "END:B", "BEGIN:B", "END:B", "BEGIN:B"], limits).limit).toContain(
			"3 components",
		);
		expect(buildTree(["BEGIN:A", `X:${"x".repeat(20)}`], limits).limit).toContain("20 characters");
	});
});
