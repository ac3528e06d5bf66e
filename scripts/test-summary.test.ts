import { expect, test } from "vitest";
import { closingLine, summarise, type TestReport } from "./test-summary.ts";

const REPORT: TestReport = {
	numPassedTests: 10,
	numFailedTests: 0,
	numPendingTests: 0,
	numTodoTests: 0,
	success: true,
	testResults: [],
};
const summary = (report: Partial<TestReport> | null, steps = [true, true], strict = false) =>
	closingLine(summarise(steps, report === null ? null : { ...REPORT, ...report }, { strict }));

test("steps count as one each", () => {
	expect(summary({})).toBe("12 passed, 0 failed");
	expect(summary({}, [true, false])).toBe("11 passed, 1 failed");
});

test("skipped tests fail only where that was asked for", () => {
	expect(summary({ numPendingTests: 2, numTodoTests: 1 })).toBe("12 passed, 0 failed, 3 skipped");
	expect(summary({ numPendingTests: 2 }, [], true)).toBe("10 passed, 2 failed, 2 skipped");
});

test("a file that cannot be run, an error outside every test and a missing report fail", () => {
	const broken = { status: "failed", assertionResults: [] };
	expect(summary({ success: false, testResults: [broken] })).toBe("12 passed, 1 failed");
	expect(summary({ success: false })).toBe("12 passed, 1 failed");
	expect(summary(null)).toBe("2 passed, 1 failed");
});
