/**
 * Colours of calendars (guide §6): of what the provider or the person chose only hue and chroma are taken, so that text
 * on it can be read in both themes, whatever the colour. OKLab after Björn Ottosson, https://bottosson.github.io/posts/oklab/.
 */

export interface Shades {
	/** CSS colours. */
	readonly background: string;
	readonly text: string;
	readonly bar: string;
}

export interface CalendarColor {
	readonly light: Shades;
	readonly dark: Shades;
}

/** Lightness, a, b. */
export type OkLab = readonly [number, number, number];

/** What a calendar without a colour is offered, and who comes too near to another. #rrggbb */
export const PALETTE = [
	"#2f6fde",
	"#d9643a",
	"#0f9d78",
	"#a04fd8",
	"#b58a00",
	"#c2388f",
	"#2a9fbf",
	"#6b8e23",
	"#c43d46",
	"#66708a",
] as const;

/** Lightness, and the most chroma. */
const SHADES = {
	light: { background: [0.93, 0.06], text: [0.36, 0.12], bar: [0.58, 0.19] },
	dark: { background: [0.31, 0.07], text: [0.92, 0.06], bar: [0.72, 0.16] },
} as const;

/** Nearer than this two colours are taken for one another. */
export const TOO_NEAR = 0.08;

/** @param color #rrggbb; anything else counts as grey */
export function calendarColor(color: string): CalendarColor {
	const [, a, b] = okLab(color);
	const chroma = Math.hypot(a, b);
	const hue = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
	const shade = ([lightness, cap]: readonly [number, number]) =>
		`oklch(${lightness} ${Math.min(chroma, cap).toFixed(4)} ${hue.toFixed(1)})`;
	const shades = (of: (typeof SHADES)["light"] | (typeof SHADES)["dark"]): Shades => ({
		background: shade(of.background),
		text: shade(of.text),
		bar: shade(of.bar),
	});
	return { light: shades(SHADES.light), dark: shades(SHADES.dark) };
}

/** As CSS properties `--cal-background`, `--cal-text`, `--cal-bar`, which follow the theme by themselves. */
export function calendarColorProperties(color: string): Readonly<Record<`--cal-${keyof Shades}`, string>> {
	const { light, dark } = calendarColor(color);
	const both = (shade: keyof Shades) => `light-dark(${light[shade]}, ${dark[shade]})`;
	return { "--cal-background": both("background"), "--cal-text": both("text"), "--cal-bar": both("bar") };
}

/** OKLab distance of two colours, #rrggbb each. */
export function colorDistance(one: string, other: string): number {
	const [l1, a1, b1] = okLab(one);
	const [l2, a2, b2] = okLab(other);
	return Math.hypot(l1 - l2, a1 - a2, b1 - b2);
}

/**
 * A colour to offer: the wanted one, unless it is missing or hard to tell from a taken one; then the first of the palette
 * that is far enough from all, or the one that is farthest.
 */
export function distinctColor(wanted: string | null, taken: readonly string[]): string {
	const nearest = (color: string) =>
		Math.min(Number.POSITIVE_INFINITY, ...taken.map((other) => colorDistance(color, other)));
	if (wanted !== null && isColor(wanted) && nearest(wanted) >= TOO_NEAR) return wanted.toLowerCase();
	const free = PALETTE.find((color) => nearest(color) >= TOO_NEAR);
	return free ?? PALETTE.reduce((best, color) => (nearest(color) > nearest(best) ? color : best));
}

/**
 * Calendars without a colour get one of the palette each, by their ids: the same on every screen and at every visit. One
 * that comes later takes none away.
 */
export function withOwnColors<T extends { readonly id: string; readonly color: string | null }>(
	calendars: readonly T[],
): T[] {
	const taken = calendars.flatMap(({ color }) => (color === null ? [] : [color]));
	const own = new Map<string, string>();
	for (const { id } of calendars.filter(({ color }) => color === null).sort((a, b) => (a.id < b.id ? -1 : 1))) {
		const hash = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);
		const from = hash % PALETTE.length;
		const color = distinctColor(PALETTE[from] ?? PALETTE[0], taken);
		taken.push(color);
		own.set(id, color);
	}
	return calendars.map((calendar) => ({ ...calendar, color: calendar.color ?? own.get(calendar.id) ?? PALETTE[0] }));
}

/** The letter that stands beside the colour, as colour never stands alone. */
export function calendarGlyph(name: string): string {
	const letters = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? "•";
	return letters.toLocaleUpperCase();
}

function isColor(text: string): boolean {
	return /^#[0-9a-f]{6}$/i.test(text);
}

function okLab(color: string): OkLab {
	const value = isColor(color) ? Number.parseInt(color.slice(1), 16) : 0x80_80_80;
	const [r, g, b] = [linear((value >> 16) & 255), linear((value >> 8) & 255), linear(value & 255)] as const;
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
	];
}

/** sRGB's transfer function, 0 to 255. */
function linear(channel: number): number {
	const value = channel / 255;
	return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
