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
	const [best] = Object.entries(COLORS).sort(([, a], [, b]) => distance(a, wanted) - distance(b, wanted));
	return best?.[0] ?? "1";
}

/** Squared, weighted by how well eyes tell red, green and blue apart. */
function distance(a: string, b: string): number {
	const [r, g, u] = [0, 1, 2].map((index) => channel(a, index) - channel(b, index)) as [number, number, number];
	return 2 * r * r + 4 * g * g + 3 * u * u;
}

function channel(hex: string, index: number): number {
	return Number.parseInt(hex.slice(1 + 2 * index, 3 + 2 * index), 16) || 0;
}
