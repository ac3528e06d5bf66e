import { defineField } from "./field.ts";

/** Event colours by id, as the `colors` resource has them; they are the same for everybody. */
const COLORS: Readonly<Record<string, string>> = {
	"1": "#a4bdfc",
	"2": "#7ae7bf",
	"3": "#dbadff",
	"4": "#ff887c",
	"5": "#fbd75b",
	"6": "#ffb878",
	"7": "#46d6db",
	"8": "#e1e1e1",
	"9": "#5484ed",
	"10": "#51b749",
	"11": "#dc2127",
};

/** `color`: `colorId`. Google has eleven; another colour becomes the one that is nearest to it. */
export const color = defineField<"color">({
	keys: ["color"],
	read: ({ colorId }) => ({ color: (typeof colorId === "string" && COLORS[colorId]) || null }),
	write: (event, base) => {
		if (event.color !== null) return { colorId: nearest(event.color) };
		// One that is not known here stays.
		const present = base?.colorId ?? null;
		return { colorId: present !== null && COLORS[present] === undefined ? present : null };
	},
});

function nearest(wanted: string): string {
	const color = shadeOf(wanted);
	if (color.chroma < GREY) return "8";
	const far = (hex: string) => distance(shadeOf(hex), color);
	const hues = Object.entries(COLORS).filter(([, hex]) => shadeOf(hex).chroma >= GREY);
	const [best] = hues.sort(([, a], [, b]) => far(a) - far(b));
	return best?.[0] ?? "1";
}

/** Squared. Google's are lighter than most: what a colour is called is its hue, and lightness decides between like ones. */
function distance(a: Shade, b: Shade): number {
	const turn = Math.abs(a.hue - b.hue);
	return Math.min(turn, 2 * Math.PI - turn) ** 2 + (a.lightness - b.lightness) ** 2;
}

interface Shade {
	readonly lightness: number;
	readonly chroma: number;
	/** In radians. */
	readonly hue: number;
}

/** Below this chroma a colour is seen as grey. */
const GREY = 0.05;

/** In OKLCH, after Björn Ottosson, https://bottosson.github.io/posts/oklab/. */
function shadeOf(hex: string): Shade {
	const [r, g, b] = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255 || 0)) as Rgb;
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	const alpha = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
	const beta = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
	const lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
	return { lightness, chroma: Math.hypot(alpha, beta), hue: Math.atan2(beta, alpha) };
}

type Rgb = [number, number, number];

const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
