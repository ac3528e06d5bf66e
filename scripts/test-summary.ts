/** Of Vitest's JSON report, what the closing line needs. */
export interface TestReport {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
	readonly success: boolean;
	readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

export interface Summary {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

/**
 * Each test counts as one, and so does each step beside them (lint, types), a file that could not be run, and, where
 * `strict`, each skipped test.
 * @param report null when Vitest left none
 */
export function summarise(
	steps: readonly boolean[],
	report: TestReport | null,
	options: { readonly strict: boolean },
): Summary {
	const stepsPassed = steps.filter((passed) => passed).length;
	const stepsFailed = steps.length - stepsPassed;
	if (report === null) return { passed: stepsPassed, failed: stepsFailed + 1, skipped: 0 };
	const brokenFiles = report.testResults.filter(
		(file) => file.status === "failed" && file.assertionResults.length === 0,
	).length;
	const skipped = report.numPendingTests + report.numTodoTests;
	const failed = stepsFailed + report.numFailedTests + brokenFiles + (options.strict ? skipped : 0);
	// An error outside every test (an unhandled rejection, a broken tear-down) fails the run too.
	const elsewhere = failed === 0 && !report.success ? 1 : 0;
	return { passed: stepsPassed + report.numPassedTests, failed: failed + elsewhere, skipped };
}

export function closingLine({ passed, failed, skipped }: Summary): string {
	const note = skipped > 0 ? `, ${skipped} skipped` : "";
	return `${passed} passed, ${failed} failed${note}`;
}
