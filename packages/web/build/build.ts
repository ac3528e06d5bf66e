import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import config from "../vite.config.ts";
import { judgeSizes, type Manifest, measure } from "./budgets.ts";

/**
 * `npm run build`, after every `npm ci` too: the web app into packages/web/dist, each file also as brotli and gzip.
 * Fails, and leaves the last bundle as it was, where a size goes beyond its budget.
 */

const ROOT = resolve(import.meta.dirname, "..");
const TARGET = join(ROOT, "dist");
const FRESH = join(ROOT, `dist.${process.pid}`);
const OLD = join(ROOT, `dist.old.${process.pid}`);
const COMPRESSIBLE = /\.(js|css|html|svg|json|txt)$/;

try {
	await build({
		...config,
		configFile: false,
		logLevel: "warn",
		build: { ...config.build, outDir: FRESH, emptyOutDir: true },
	});
	const sizes = sizesOf(FRESH);
	process.stdout.write(`${sizes.lines.join("\n")}\n`);
	if (sizes.tooLarge.length > 0) {
		process.stderr.write(
			`Larger than the budget allows: ${sizes.tooLarge.join(", ")}. See packages/web/build/budgets.ts.\n`,
		);
		process.exitCode = 1;
	} else {
		compress(FRESH);
		replace();
	}
} finally {
	for (const folder of [FRESH, OLD]) rmSync(folder, { recursive: true, force: true });
}

function sizesOf(folder: string) {
	const manifest: Manifest = JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8"));
	const gzipped = (file: string) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
	return judgeSizes(measure(manifest, gzipped));
}

function compress(folder: string): void {
	for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
		// The page itself differs in each answer by its nonce.
		if (!COMPRESSIBLE.test(file) || file === "index.html" || file.startsWith(".vite")) continue;
		const content = readFileSync(join(folder, file));
		const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
		writeFileSync(join(folder, `${file}.br`), brotliCompressSync(content, { params }));
		writeFileSync(join(folder, `${file}.gz`), gzipSync(content, { level: 9 }));
	}
}

/** A server that runs meanwhile sees the old bundle or the new one. */
function replace(): void {
	try {
		renameSync(TARGET, OLD);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
	}
	renameSync(FRESH, TARGET);
}
