import type { Page } from "playwright-core";

/** On the pages of the sandbox's Google: chooses the account of this name and allows all that is asked. */
export async function consentAs(page: Page, name: string, kalends: string): Promise<void> {
	await page.getByRole("button", { name }).click();
	await allow(page, kalends);
}

/** Allows what is ticked, which leads back. */
export async function allow(page: Page, kalends: string): Promise<void> {
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${kalends}/**`);
}
