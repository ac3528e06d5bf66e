/** Sizes of what the browser loads, gzip, in units of 1,000 bytes. */

/** Vite's manifest: what each chunk is made of and loads. */
export type Manifest = Readonly<
	Record<
		string,
		{
			readonly file: string;
			readonly isEntry?: boolean;
			readonly imports?: readonly string[];
			readonly dynamicImports?: readonly string[];
			readonly css?: readonly string[];
		}
	>
>;

export interface Sizes {
	/** What is loaded before anything can be shown. */
	readonly shell: number;
	/** All that the calendar needs to be painted the first time, the shell included. */
	readonly calendar: number;
	/** What Settings adds to the shell. */
	readonly settings: number;
	/** Every style sheet together. */
	readonly css: number;
}

const BUDGETS: Readonly<Record<keyof Sizes, number>> = { shell: 115, calendar: 250, settings: 95, css: 25 };

const ENTRY = "index.html";
const PAGES = {
	calendar: "src/features/calendar/calendar-page.tsx",
	settings: "src/features/settings/settings-page.tsx",
} as const;

/** @param gzipped size of a file of the bundle in bytes */
export function measure(manifest: Manifest, gzipped: (file: string) => number): Sizes {
	const shell = filesOf(manifest, [ENTRY]);
	const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + gzipped(file), 0) / 1000;
	const calendar = filesOf(manifest, [ENTRY, PAGES.calendar]);
	const settings = filesOf(manifest, [ENTRY, PAGES.settings]);
	const css = new Set(
		Object.values(manifest)
			.flatMap((chunk) => [...(chunk.css ?? []), chunk.file])
			.filter(isStyle),
	);
	return {
		shell: sum(shell),
		calendar: sum(calendar),
		settings: sum([...settings].filter((file) => !shell.has(file))),
		css: sum(css),
	};
}

/** A line for each size, and which are beyond their budget. */
export function judgeSizes(sizes: Sizes): { readonly lines: readonly string[]; readonly tooLarge: readonly string[] } {
	const parts = Object.keys(BUDGETS) as (keyof Sizes)[];
	return {
		lines: parts.map(
			(part) => `web ${part.padEnd(8)} ${sizes[part].toFixed(1).padStart(6)} of ${BUDGETS[part]} kB gzip`,
		),
		tooLarge: parts.filter((part) => sizes[part] > BUDGETS[part]),
	};
}

/** The scripts of these chunks and of all that they import before they run. @throws where the manifest lacks one */
function filesOf(manifest: Manifest, chunks: readonly string[]): ReadonlySet<string> {
	const seen = new Set<string>();
	const files = new Set<string>();
	const visit = (name: string) => {
		if (seen.has(name)) return;
		seen.add(name);
		const chunk = manifest[name];
		if (chunk === undefined) throw new Error(`the bundle has no chunk ${name}`);
		if (!isStyle(chunk.file)) files.add(chunk.file);
		chunk.imports?.forEach(visit);
	};
	chunks.forEach(visit);
	return files;
}

function isStyle(file: string): boolean {
	return file.endsWith(".css");
}
