import { type Radicale, startRadicale } from "@kalends/providers/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { ADMIN_EMAIL, ADMIN_PASSWORD, type Kalends, type KalendsOptions, startKalends } from "../../support/kalends.ts";
import { launchChromium, openWindow, type Window, type WindowOptions } from "./chromium.ts";

type Cookies = Parameters<BrowserContext["addCookies"]>[0];

/** The real server with its embedded database, a real Radicale, a real browser. */
export interface Stage {
	readonly kalends: Kalends;
	readonly radicale: Radicale;
	readonly browser: Browser;
	readonly url: string;
	/** Of the administrator's session, for windows that begin signed in. */
	readonly cookies: Cookies;
	/** A window in which the administrator is signed in. */
	open(options?: WindowOptions): Promise<Window>;
	/** A window in which nobody is. */
	openAnonymous(options?: WindowOptions): Promise<Window>;
	/** Connects Radicale by the API and waits for its first sync. */
	connectRadicale(name?: string): Promise<{ readonly id: string }>;
	close(): Promise<void>;
}

export async function startStage(options: KalendsOptions = {}): Promise<Stage> {
	const starting = await Promise.allSettled([startKalends(options), startRadicale(), launchChromium()]);
	const [kalends, radicale, browser] = starting;
	try {
		if (kalends.status === "rejected") throw kalends.reason;
		if (radicale.status === "rejected") throw radicale.reason;
		if (browser.status === "rejected") throw browser.reason;
		return await stageOf(kalends.value, radicale.value, browser.value);
	} catch (error) {
		// What has started would outlive the test.
		if (browser.status === "fulfilled") await browser.value.close();
		if (kalends.status === "fulfilled") await kalends.value.dispose();
		if (radicale.status === "fulfilled") await radicale.value.stop();
		throw error;
	}
}

/** @param kalends with the administrator of `startKalends`; closed with the stage */
export async function stageOf(kalends: Kalends, radicale: Radicale, browser: Browser): Promise<Stage> {
	const { url } = kalends;
	const cookies = await sessionCookies(url, ADMIN_EMAIL, ADMIN_PASSWORD);
	return {
		kalends,
		radicale,
		browser,
		url,
		cookies,
		async open(given) {
			const window = await openWindow(browser, url, given);
			await window.context.addCookies([...cookies]);
			return window;
		},
		openAnonymous: (given) => openWindow(browser, url, given),
		async connectRadicale(name) {
			const connection = await kalends.request<{ id: string }>("POST", "/v1/connections", {
				provider: "caldav",
				url: radicale.url.href,
				username: radicale.username,
				password: radicale.password,
				...(name === undefined ? {} : { name }),
			});
			await kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
			return connection;
		},
		async close() {
			await browser.close();
			await kalends.dispose();
			await radicale.stop();
		},
	};
}

/** Signs in by the API, as the page does. */
async function sessionCookies(url: string, email: string, password: string): Promise<Cookies> {
	const answer = await fetch(`${url}/api/auth/sign-in/email`, {
		method: "POST",
		headers: { "content-type": "application/json", origin: url },
		body: JSON.stringify({ email, password }),
	});
	if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
	return answer.headers.getSetCookie().map((line) => {
		const [pair = ""] = line.split(";");
		const at = pair.indexOf("=");
		return { name: pair.slice(0, at), value: pair.slice(at + 1), url };
	});
}

/** By the page itself. */
export async function signIn(page: Page, email = ADMIN_EMAIL, password = ADMIN_PASSWORD): Promise<void> {
	await page.getByLabel("E-mail address").fill(email);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
