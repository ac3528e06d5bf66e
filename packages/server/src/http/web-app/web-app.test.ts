import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestServices, type TestServices } from "../../testing/services.ts";
import { buildApp } from "../app.ts";
import { routes } from "../routes.ts";
import { NONCE_PLACE, readBundle } from "./bundle.ts";
import { isPage } from "./preload.ts";

const MANIFEST = {
	"index.html": { file: "assets/a-1.js", imports: ["_base.js"] },
	"_base.js": { file: "assets/base-1.js" },
	"src/features/calendar/calendar-page.tsx": { file: "assets/calendar-1.js", imports: ["_base.js", "_grid.js"] },
	"_grid.js": { file: "assets/grid-1.js" },
};
const SCRIPT = `export const greeting = "${"hello ".repeat(100)}";`;

let folder: string;
let made: TestServices;
let app: FastifyInstance;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "kalends-bundle-"));
	mkdirSync(join(folder, "assets"));
	mkdirSync(join(folder, ".vite"));
	writeFileSync(join(folder, ".vite", "manifest.json"), JSON.stringify(MANIFEST));
	writeFileSync(join(folder, "icon.svg"), "<svg/>");
	writeFileSync(
		join(folder, "index.html"),
		`<!doctype html><head><meta property="csp-nonce" nonce="${NONCE_PLACE}"></head>`,
	);
	writeFileSync(join(folder, "assets", "a-1.js"), SCRIPT);
	writeFileSync(join(folder, "assets", "a-1.js.br"), brotliCompressSync(SCRIPT));
	writeFileSync(join(folder, "assets", "a-1.js.gz"), gzipSync(SCRIPT));
	made = await createTestServices();
	app = await buildApp(made.services, routes, { bundle: readBundle(folder) });
});
afterAll(async () => {
	await app.close();
	await made.close();
	rmSync(folder, { recursive: true, force: true });
});

const open = (url: string) => app.inject({ url, headers: { accept: "text/html,application/xhtml+xml" } });

test.each([
	["/", 200],
	["/calendar?view=week", 200],
	["/settings/calendars", 200],
	["/no-such-page", 404],
])("a browser at %s is given the page, status %i", async (path, status) => {
	const answer = await open(path);
	expect(answer.statusCode).toBe(status);
	expect(answer.headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" });
	expect(answer.body).toContain('<meta property="csp-nonce"');
});

test.each([
	"/v1/no-such",
	"/api/no-such/",
	"/rest/v1/x",
	"/connect/x/y",
	"/docs-x",
	"/healthz/x",
	"/assets/no-such.js",
])("%s stays a problem for browsers too, or no page of the app's", async (path) => {
	const answer = await open(path);
	expect(answer.statusCode).toBe(404);
	if (path !== "/docs-x") expect(answer.json()).toMatchObject({ code: "not_found" });
});

test("every address of the app's router is a page", () => {
	const router = readFileSync(resolve(import.meta.dirname, "../../../../web/src/app/router.tsx"), "utf8");
	const routed = [...router.matchAll(/getParentRoute: \(\) => (?:root|signedIn),\s+path: "\/([a-z-]*)/g)];
	expect(routed.length).toBeGreaterThan(8);
	expect(routed.map(([, first = ""]) => first).filter((first) => !isPage(first))).toEqual([]);
});

test("programs are told that there is nothing", async () => {
	const answer = await app.inject({ url: "/calendar", headers: { accept: "application/json" } });
	expect(answer.json()).toMatchObject({ status: 404, code: "not_found" });
	expect((await app.inject({ method: "POST", url: "/calendar", headers: { accept: "text/html" } })).statusCode).toBe(
		404,
	);
});

test("each page has a nonce of its own, and its policy lets no other style and no markup in", async () => {
	const [one, other] = [await open("/"), await open("/")];
	const nonces = [one, other].map((answer) => /nonce="([^"]+)"/.exec(answer.body)?.[1] ?? "");
	expect(new Set(nonces).size).toBe(2);
	expect(one.headers["content-security-policy"]).toContain(`style-src 'self' 'nonce-${nonces[0]}'`);
	expect(one.headers["content-security-policy"]).toContain("require-trusted-types-for 'script'");
	expect(one.headers["content-security-policy"]).toMatch(/script-src 'self';/);
	expect(one.body).not.toContain(NONCE_PLACE);
});

test("a page has its scripts fetched at once, and no other page's", async () => {
	const preloaded = async (path: string) =>
		[...(await open(path)).body.matchAll(/<link rel="modulepreload" crossorigin href="\/assets\/([^"]+)">/g)].map(
			([, file]) => file,
		);
	expect(await preloaded("/calendar?view=day")).toEqual(["base-1.js", "calendar-1.js", "grid-1.js"]);
	expect(await preloaded("/admin")).toEqual(["base-1.js"]);
	expect(await preloaded("/no-such-page")).toEqual(["base-1.js"]);
});

test("files are immutable and come in the best encoding that is taken", async () => {
	const fetched = (encodings: string) =>
		app.inject({ url: "/assets/a-1.js", headers: { "accept-encoding": encodings } });
	const brotli = await fetched("gzip, deflate, br");
	expect(brotli.headers).toMatchObject({
		"content-type": "text/javascript; charset=utf-8",
		"content-encoding": "br",
		"cache-control": "public, max-age=31536000, immutable",
		vary: "accept-encoding",
	});
	expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(SCRIPT);
	expect((await fetched("gzip;q=1, br;q=0")).headers["content-encoding"]).toBe("gzip");
	const plain = await fetched("");
	expect(plain.headers["content-encoding"]).toBeUndefined();
	expect(plain.body).toBe(SCRIPT);
	expect((await app.inject("/icon.svg")).headers["cache-control"]).toBe("public, max-age=3600");
	for (const hidden of ["/index.html", "/.vite/manifest.json", "/assets/a-1.js.br"]) {
		expect((await app.inject(hidden)).statusCode).toBe(404);
	}
});

test("without a bundle the page says how to make one; a worker has no pages", async () => {
	const unbuilt = await buildApp(made.services, [], { bundle: null });
	const answer = await unbuilt.inject("/");
	expect(answer.statusCode).toBe(503);
	expect(answer.body).toContain("npm run build");
	await unbuilt.close();
	const worker = await createTestServices({}, { env: { KALENDS_ROLES: "worker" } });
	const silent = await buildApp(worker.services, []);
	for (const path of ["/", "/docs", "/openapi.json"]) expect((await silent.inject(path)).statusCode).toBe(404);
	await silent.close();
	await worker.close();
});

test("a server goes on serving what it started with when the app is built anew", async () => {
	const script = join(folder, "assets", "a-1.js");
	renameSync(script, `${script}.away`);
	try {
		const answer = await app.inject({ url: "/assets/a-1.js" });
		expect([answer.statusCode, answer.body]).toEqual([200, SCRIPT]);
	} finally {
		renameSync(`${script}.away`, script);
	}
});
