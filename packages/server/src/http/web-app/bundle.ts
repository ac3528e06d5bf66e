import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import type { Manifest } from "./preload.ts";

/** The web app as `npm run build` leaves it (packages/web/build/build.ts). */

const BUNDLE_FOLDER = resolve(import.meta.dirname, "../../../../web/dist");

export interface BundleFile {
	readonly type: string;
	readonly content: Buffer;
	/** What the build compressed, the best first. */
	readonly encoded: readonly (readonly ["br" | "gzip", Buffer])[];
	/** Named after its content, so that it never changes. */
	readonly immutable: boolean;
}

export interface Bundle {
	/** By path of the address. */
	readonly files: ReadonlyMap<string, BundleFile>;
	/** The page, with `NONCE_PLACE` where its nonce belongs. */
	readonly page: string;
	readonly manifest: Manifest;
}

/** Where the build leaves a place for the nonce (packages/web/vite.config.ts). */
export const NONCE_PLACE = "%KALENDS_NONCE%";

const TYPES: Readonly<Record<string, string>> = {
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
	".woff2": "font/woff2",
	".json": "application/json",
	".webmanifest": "application/manifest+json",
};
const SUFFIXES = [
	["br", ".br"],
	["gzip", ".gz"],
] as const;

/**
 * Reads all of it: a server goes on serving what it started with, whatever is built or installed meanwhile.
 * @returns null when the app has not been built
 */
export function readBundle(folder = BUNDLE_FOLDER): Bundle | null {
	if (!existsSync(join(folder, "index.html"))) return null;
	const names = new Set(
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) =>
				join(entry.parentPath, entry.name)
					.slice(folder.length + 1)
					.replaceAll("\\", "/"),
			),
	);
	const files = new Map<string, BundleFile>();
	for (const name of names) {
		const type = TYPES[extname(name)];
		if (type === undefined || name.startsWith(".")) continue;
		const content = readFileSync(join(folder, name));
		const encoded = SUFFIXES.filter(([, suffix]) => names.has(name + suffix)).map(
			([encoding, suffix]) => [encoding, readFileSync(join(folder, name + suffix))] as const,
		);
		files.set(`/${name}`, { type, content, encoded, immutable: name.startsWith("assets/") });
	}
	const text = (name: string) => readFileSync(join(folder, name), "utf8");
	return { files, page: text("index.html"), manifest: JSON.parse(text(".vite/manifest.json")) };
}

/** A file in the best encoding that the client takes (RFC 9110 §12.5.3). */
export function encodedFile(
	{ content, encoded }: BundleFile,
	acceptEncoding: string | undefined,
): { readonly body: Buffer; readonly encoding: "br" | "gzip" | null } {
	const taken = acceptedEncodings(acceptEncoding ?? "");
	const best = encoded.find(([encoding]) => taken.has(encoding));
	return best === undefined ? { body: content, encoding: null } : { body: best[1], encoding: best[0] };
}

function acceptedEncodings(header: string): ReadonlySet<string> {
	const parts = header.split(",").map((part) =>
		part
			.trim()
			.toLowerCase()
			.split(/\s*;\s*/),
	);
	return new Set(parts.filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? "")).map(([name = ""]) => name));
}
