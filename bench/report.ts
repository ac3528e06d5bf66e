/** One line of the benchmark table: a figure against its yardstick, measured in the same run. */
export interface BenchmarkRow {
	readonly work: string;
	readonly measured: string;
	readonly yardstick: string;
	/** Ours against the yardstick as the budget states it; null where the budget is a plain figure. */
	readonly ratio: number | null;
	readonly budget: string;
	readonly met: boolean;
}

export interface Benchmark {
	readonly name: string;
	run(): Promise<readonly BenchmarkRow[]>;
}

export function formatRows(rows: readonly BenchmarkRow[]): string {
	const table = [
		["Work", "Measured", "Yardstick", "Ratio", "Budget", ""],
		...rows.map((row) => [
			row.work,
			row.measured,
			row.yardstick,
			row.ratio === null ? "" : row.ratio.toFixed(2),
			row.budget,
			row.met ? "met" : "MISSED",
		]),
	];
	const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => (cells[column] ?? "").length)));
	return table
		.map((cells) =>
			cells
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

export function percentile(samples: readonly number[], share: number): number {
	const sorted = samples.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
	return percentile(samples, 0.5);
}

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
