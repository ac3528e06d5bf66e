import { caldavFirstSync } from "./caldav-first-sync.ts";
import { firstSync } from "./first-sync.ts";
import { googleSync } from "./google-sync.ts";
import { listEvents } from "./list-events.ts";
import { merge } from "./merge.ts";
import { outageDrain } from "./outage-drain.ts";
import { recurrence } from "./recurrence.ts";
import { reminders } from "./reminders.ts";
import { type Benchmark, type BenchmarkRow, formatRows } from "./report.ts";
import { start } from "./start.ts";
import { underSync } from "./under-sync.ts";
import { webhooks } from "./webhooks.ts";
import { writeThrough } from "./write-through.ts";

/**
 * Prints every benchmark as a table of figures against yardsticks measured in the same run.
 * `npm run bench -- start list-events` runs just these.
 */
const benchmarks: readonly Benchmark[] = [
	start,
	firstSync,
	caldavFirstSync,
	googleSync,
	listEvents,
	underSync,
	recurrence,
	merge,
	writeThrough,
	outageDrain,
	reminders,
	webhooks,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
	process.stderr.write(
		`no benchmark is named ${unknown.join(", ")}; there are ${benchmarks.map((one) => one.name).join(", ")}\n`,
	);
	process.exit(2);
}
const rows: BenchmarkRow[] = [];
for (const benchmark of benchmarks) {
	if (wanted.length > 0 && !wanted.includes(benchmark.name)) continue;
	process.stderr.write(`${benchmark.name} …\n`);
	rows.push(...(await benchmark.run()));
}
process.stdout.write(`${formatRows(rows)}\n`);
