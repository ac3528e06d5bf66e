import { dirname, join, relative } from "node:path";

/**
 * What biome.json cannot express of the rules in ARCHITECTURE.md: where relative imports lead, in tests too, ways
 * around the single egress that are no import, and clocks or randomness in the model.
 */
export interface Violation {
	readonly file: string;
	readonly line: number;
	readonly rule: string;
}

/** Packages that each package may import, besides itself. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
	client: [],
	model: [],
	providers: ["model"],
	sandbox: ["model"],
	server: ["model", "providers"],
	web: ["client"],
};

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"']+)["']/g;
const BYPASS = /\bglobalThis\s*(?:\.\s*fetch|\[)|\bgetBuiltinModule\b|\bnew\s+(?:\w+\.)?Socket\s*\(/g;
const IMPURE = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bTemporal\.Now\b|\bperformance\.now\b|\bprocess\./g;

/** @param file path from the root of the workspace, with slashes */
export function importViolations(file: string, source: string): readonly Violation[] {
	const [top, name = "", folder] = file.split("/");
	if (top !== "packages") return [];
	const code = withoutComments(source);
	const found = [...code.matchAll(IMPORT)].flatMap((match) => {
		const target = packageOf(file, match[1] ?? "");
		if (target === null || target === name || (BELOW[name] ?? []).includes(target)) return [];
		return [violation(file, code, match.index, `${name} must not import ${target}`)];
	});
	const shipped = !file.endsWith(".test.ts") && !file.includes("/src/testing/") && folder === "src";
	if (shipped && !file.startsWith("packages/server/src/egress/")) {
		for (const match of code.matchAll(BYPASS)) {
			found.push(violation(file, code, match.index, `only egress makes outgoing calls (${match[0]})`));
		}
	}
	if (shipped && name === "model") {
		for (const match of code.matchAll(IMPURE)) {
			found.push(violation(file, code, match.index, `the model has no clock, randomness or process (${match[0]})`));
		}
	}
	return found;
}

/** Name of the workspace package that an import leads to; null for libraries. */
function packageOf(file: string, specifier: string): string | null {
	if (specifier.startsWith(".")) {
		const [top, name] = relative(".", join(dirname(file), specifier)).split("/");
		return top === "packages" ? (name ?? null) : "the workspace";
	}
	if (specifier === "kalends" || specifier.startsWith("kalends/")) return "server";
	return /^@kalends\/([^/]+)/.exec(specifier)?.[1] ?? null;
}

/** Same length and lines, so that positions stay true. */
function withoutComments(source: string): string {
	return source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replaceAll(/[^\n]/g, " "));
}

function violation(file: string, code: string, index: number, rule: string): Violation {
	return { file, line: code.slice(0, index).split("\n").length, rule };
}
