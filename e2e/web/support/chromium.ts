import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

/** Debian's Chromium, as people use it: a window on a desktop or a phone, light or dark. */

/** Git ignores it: screenshots of every screen, to be looked at. */
const ARTEFACTS = resolve(import.meta.dirname, "../../../.artefacts/screenshots");

export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 390, height: 844 } as const;

const WITHOUT_NETWORK = [
	...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"],
	...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none"],
];

export function launchChromium(args: readonly string[] = []): Promise<Browser> {
	return chromium.launch({ executablePath: "/usr/bin/chromium", args: [...WITHOUT_NETWORK, ...args] });
}

export interface WindowOptions {
	readonly size?: { readonly width: number; readonly height: number };
	readonly theme?: "light" | "dark";
	/** IANA; the browser's own. */
	readonly timeZone?: string;
	readonly locale?: string;
	/** Origins that the page may go to besides the server's, such as a provider's consent page. */
	readonly mayLeaveTo?: readonly string[];
}

export interface Window {
	readonly page: Page;
	readonly context: BrowserContext;
	/** What went wrong in it: errors of scripts, refusals by the policy, requests that left the server. */
	readonly complaints: string[];
	close(): Promise<void>;
}

/** A browser window of its own, with nobody signed in; it records whatever a clean app never does. */
export async function openWindow(browser: Browser, url: string, options: WindowOptions = {}): Promise<Window> {
	const { size = DESKTOP, theme = "light", timeZone = "Europe/Berlin", locale = "en-GB", mayLeaveTo = [] } = options;
	const context = await browser.newContext({
		baseURL: url,
		viewport: size,
		colorScheme: theme,
		timezoneId: timeZone,
		locale,
		reducedMotion: "reduce",
		hasTouch: size.width < 600,
	});
	const complaints: string[] = [];
	const allowed = new Set([new URL(url).origin, ...mayLeaveTo]);
	context.on("request", (request) => {
		const target = new URL(request.url());
		if (target.protocol.startsWith("http") && !allowed.has(target.origin))
			complaints.push(`request to ${target.origin}`);
	});
	context.on("weberror", (failed) => complaints.push(failed.error().stack ?? failed.error().message));
	context.on("console", (message) => {
		// A refusal of the API is an answer, which Chromium reports as an error of loading.
		if (message.type() !== "error" || message.text().startsWith("Failed to load resource")) return;
		complaints.push(message.text());
	});
	const page = await context.newPage();
	return { page, context, complaints, close: () => context.close() };
}

/** The screenshot `<name>-<width>-<theme>.png`. */
export async function shoot(page: Page, name: string, options: { readonly whole?: boolean } = {}): Promise<void> {
	await mkdir(ARTEFACTS, { recursive: true });
	const width = page.viewportSize()?.width ?? 0;
	const theme = await page.evaluate(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
	const path = join(ARTEFACTS, `${name}-${width}-${theme}.png`);
	await page.screenshot({ path, fullPage: options.whole ?? false });
}

/**
 * WCAG 2.2 AA, as far as axe can judge; fails with what it found.
 * @param part a selector: what is around it is judged elsewhere, and axe takes its time
 */
export function expectAccessible(page: Page, part?: string): Promise<void> {
	const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
	const axe = new AxeBuilder({ page }).withTags(tags);
	return expectNoViolations(page, part === undefined ? axe : axe.include(part));
}

/** What of it another theme can change. */
function expectContrast(page: Page): Promise<void> {
	return expectNoViolations(page, new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]));
}

async function expectNoViolations(page: Page, axe: AxeBuilder): Promise<void> {
	// Its other mode opens a page of its own to gather what it found in frames, of which the app has none.
	const { violations } = await axe.setLegacyMode(true).analyze();
	const found = violations.map(
		({ id, help, nodes }) =>
			`${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join("\n")}`,
	);
	expect(found, `axe at ${page.url()}`).toEqual([]);
}

/** The page is no wider than the window (WCAG 1.4.10). */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
	expect(await sidewaysScroll(page), `pixels that ${page.url()} is too wide`).toBeLessThanOrEqual(0);
}

/** Pixels that the page is wider than the window. */
export function sidewaysScroll(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Of the layout, over a visit; what follows a press within half a second does not count. The budget of the UI guide. */
const MOST_SHIFT = 0.02;

/** Sums up what moves by itself, with what moved. */
function watchShifts(): void {
	const shifts: string[] = [];
	let sum = 0;
	Reflect.set(globalThis, "layoutShifts", () => ({ sum, shifts }));
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries() as (PerformanceEntry & {
			readonly value: number;
			readonly hadRecentInput: boolean;
			readonly sources: readonly { readonly node: Node | null }[];
		})[]) {
			if (entry.hadRecentInput) continue;
			sum += entry.value;
			const moved = entry.sources.map(({ node }) =>
				node instanceof Element ? node.outerHTML.slice(0, 120) : node?.nodeName,
			);
			shifts.push(`${entry.value.toFixed(4)}: ${moved.join(" | ")}`);
		}
	}).observe({ type: "layout-shift", buffered: true });
}

async function expectSteady(page: Page): Promise<void> {
	const seen: { sum: number; shifts: string[] } = await page.evaluate(() => Reflect.get(globalThis, "layoutShifts")());
	expect(seen.sum, `layout shift of ${page.url()}\n${seen.shifts.join("\n")}`).toBeLessThanOrEqual(MOST_SHIFT);
}

/** For each width and theme: goes there, waits until it is shown without jumping, takes the picture and lets axe judge. */
export async function lookAt(
	browser: Browser,
	signedIn: { readonly url: string; readonly cookies: Parameters<BrowserContext["addCookies"]>[0] },
	screen: { readonly name: string; readonly path: string; ready(page: Page): Promise<unknown> },
): Promise<void> {
	for (const size of [DESKTOP, PHONE]) {
		const window = await openWindow(browser, signedIn.url, { size });
		const { page } = window;
		await window.context.addCookies([...signedIn.cookies]);
		await page.addInitScript(watchShifts);
		await page.goto(screen.path);
		await screen.ready(page);
		await shoot(page, screen.name);
		await expectSteady(page);
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
		await page.emulateMedia({ colorScheme: "dark" });
		await shoot(page, screen.name);
		await expectContrast(page);
		expect(window.complaints).toEqual([]);
		await window.close();
	}
}
