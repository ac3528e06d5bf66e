/** From most to least telling: many browsers also call themselves Chrome or Safari. */
const BROWSERS = [
	["Edge", /\bEdg(?:e|A|iOS)?\//],
	["Opera", /\bOPR\//],
	["Samsung Internet", /\bSamsungBrowser\//],
	["Firefox", /\b(?:Firefox|FxiOS)\//],
	["Chrome", /\b(?:Chrome|CriOS|HeadlessChrome)\//],
	["Safari", /\bSafari\//],
] as const;

const SYSTEMS = [
	["iPhone", /\biPhone\b/],
	["iPad", /\biPad\b/],
	["Android", /\bAndroid\b/],
	["Windows", /\bWindows\b/],
	["macOS", /\bMac OS X\b/],
	["ChromeOS", /\bCrOS\b/],
	["Linux", /\bLinux\b/],
] as const;

export interface Device {
	readonly browser: string | null;
	readonly system: string | null;
}

/** What a browser says of itself, as people know it; null for what is not recognised. */
export function deviceOf(userAgent: string): Device {
	const find = (known: readonly (readonly [string, RegExp])[]) =>
		known.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? null;
	return { browser: find(BROWSERS), system: find(SYSTEMS) };
}
