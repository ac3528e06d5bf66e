import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Kalends, startKalends } from "../support/kalends.ts";
import {
	expectAccessible,
	expectNoSidewaysScroll,
	launchChromium,
	openWindow,
	PHONE,
	shoot,
} from "./support/chromium.ts";

/** A server that nobody has an account on yet. */

const NOBODY = { KALENDS_ADMIN_EMAIL: "", KALENDS_ADMIN_PASSWORD: "", KALENDS_ADMIN_API_KEY: "" };

let browser: Browser;
const servers: Kalends[] = [];
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(async () => {
	await browser?.close();
	for (const server of servers) await server.dispose();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<Kalends> {
	const server = await startKalends({ env: { ...NOBODY, ...env } });
	servers.push(server);
	return server;
}

test("the first account is made in the browser, then the checklist says what is left, on a phone too", async () => {
	const kalends = await start();
	const { page, complaints, close } = await openWindow(browser, kalends.url, { size: PHONE, theme: "dark" });
	await page.goto("/");
	await page.waitForURL("**/setup");
	await page.getByRole("heading", { name: "Welcome to Kalends" }).waitFor();
	await shoot(page, "first-account");
	await expectAccessible(page);
	await page.getByLabel("E-mail address").fill("ada@example.com");
	await page.getByLabel("Password").fill("short");
	await page.keyboard.press("Enter");
	await page.getByText("Use at least 8 characters.").waitFor();
	await page.getByLabel("Password").fill("correct horse battery staple");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Set up Kalends" }).waitFor();
	await page.getByText("/connect/google/callback", { exact: false }).first().waitFor();
	const drop = (text: string) =>
		page
			.getByLabel("Drop the client's JSON file here")
			.setInputFiles({ name: "client.json", mimeType: "application/json", buffer: Buffer.from(text) });
	const refused = page.getByRole("alert");
	await drop("{nope");
	await refused.getByText("This is not a JSON file.", { exact: false }).waitFor();
	await drop(JSON.stringify({ installed: { client_id: "my-id", client_secret: "my-secret" } }));
	await refused.getByText("This client is of the type Desktop app.", { exact: false }).waitFor();
	await drop(JSON.stringify({ web: { client_id: "my-id" } }));
	await refused.getByText("This file has no client id and secret.", { exact: false }).waitFor();
	await drop(
		JSON.stringify({ web: { client_id: "my-id", client_secret: "my-secret", redirect_uris: ["https://x/"] } }),
	);
	await page.getByText("GOOGLE_CLIENT_SECRET=my-secret").waitFor();
	await page.getByText("This client does not have the redirect URI above", { exact: false }).waitFor();
	await shoot(page, "checklist", { whole: true });
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	await page.getByRole("link", { name: "Go to the dashboard" }).click();
	await page.getByRole("button", { name: "Sync status: Nothing connected" }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("where other machines can reach the server, the first account needs the code that it printed", async () => {
	const kalends = await start({ HOST: "0.0.0.0" });
	const { page, complaints, close } = await openWindow(browser, kalends.url);
	await page.goto("/");
	await page.getByLabel("E-mail address").fill("ada@example.com");
	await page.getByLabel("Password").fill("correct horse battery staple");
	await page.getByLabel("One-time code").fill("AAAAA-BBBBB-CCCCC");
	await page.keyboard.press("Enter");
	await page.getByRole("alert").getByText("not the server's one-time code").waitFor();
	await shoot(page, "first-account-code");
	const code = /[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}/.exec(kalends.output())?.[0];
	await page.getByLabel("One-time code").fill(code ?? "none was printed");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Set up Kalends" }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("every script and style of the app is this server's, compressed and immutable", async () => {
	const { url } = servers[0] ?? (await start());
	const page = await (await fetch(url, { headers: { accept: "text/html" } })).text();
	const files = [...page.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file = ""]) => file);
	expect(files.length).toBeGreaterThan(1);
	for (const file of files) {
		expect(file).toMatch(/^\/assets\//);
		const { headers } = await fetch(url + file, { headers: { "accept-encoding": "br" } });
		expect(headers.get("cache-control")).toContain("immutable");
		expect(headers.get("content-encoding")).toBe("br");
	}
	const icon = await readFile(new URL("../../packages/web/public/icon.svg", import.meta.url), "utf8");
	expect(await (await fetch(`${url}/icon.svg`)).text()).toBe(icon);
});
