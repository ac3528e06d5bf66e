import fc from "fast-check";
import { expect, test } from "vitest";
import {
	calendarColor,
	calendarColorProperties,
	calendarGlyph,
	colorDistance,
	distinctColor,
	PALETTE,
	TOO_NEAR,
	withOwnColors,
} from "./calendar-color.ts";

const anyColor = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

test("text and bar can be read on the background, whatever the colour, in both themes (WCAG 1.4.3, 1.4.11)", () => {
	fc.assert(
		fc.property(anyColor, (color) => {
			for (const { background, text, bar } of Object.values(calendarColor(color))) {
				expect(contrast(text, background)).toBeGreaterThanOrEqual(7);
				expect(contrast(bar, background)).toBeGreaterThanOrEqual(3);
			}
		}),
	);
});

test("hue is the provider's; a grey stays grey", () => {
	const { background } = calendarColor("#ff0000").light;
	expect(Number(/ ([\d.]+)\)$/.exec(background)?.[1])).toBeCloseTo(29.2, 0);
	expect(calendarColor("#777777").light.bar).toMatch(/^oklch\(0.58 0.0000 /);
	expect(calendarColor("not a colour")).toEqual(calendarColor("#808080"));
});

test("the CSS properties follow the theme", () => {
	expect(calendarColorProperties("#2f6fde")["--cal-text"]).toMatch(
		/^light-dark\(oklch\(0.36 .*\), oklch\(0.92 .*\)\)$/,
	);
});

test("the ten of the palette can be told apart", () => {
	for (const one of PALETTE) {
		for (const other of PALETTE) if (one !== other) expect(colorDistance(one, other)).toBeGreaterThan(TOO_NEAR);
	}
});

test("a colour too near to a taken one gives way to the next that is free", () => {
	expect(distinctColor("#AA2222", [])).toBe("#aa2222");
	expect(distinctColor("#2f70dd", ["#2f6fde"])).toBe(PALETTE[1]);
	expect(distinctColor(null, PALETTE.slice(0, 3))).toBe(PALETTE[3]);
	expect(PALETTE).toContain(distinctColor(null, PALETTE));
});

test("calendars without a colour have each another, by their ids, and keep it when more come", () => {
	const without = (id: string) => ({ id, color: null });
	const some = [without("cal_b"), { id: "cal_c", color: "#123456" }, without("cal_a")];
	const before = withOwnColors(some);
	expect(new Set(before.map(({ color }) => color)).size).toBe(3);
	expect(before[1]?.color).toBe("#123456");
	const after = withOwnColors([without("cal_z"), ...some.toReversed()]);
	for (const { id, color } of before) expect(after.find((one) => one.id === id)?.color).toBe(color);
	const ten = PALETTE.map((_, index) => without(`cal_${index}`));
	expect(new Set(withOwnColors(ten).map(({ color }) => color))).toEqual(new Set(PALETTE));
});

test.each([
	["Work", "W"],
	["  école", "É"],
	["🎉 party", "P"],
	["日本", "日"],
	["🎉", "•"],
])("the glyph of %j is %j", (name, glyph) => {
	expect(calendarGlyph(name)).toBe(glyph);
});

/** WCAG contrast of two `oklch(L C H)`. */
function contrast(one: string, other: string): number {
	const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
	const [lightness = 0, chroma = 0, hue = 0] = (/\((.*)\)/.exec(color)?.[1] ?? "").split(" ").map(Number);
	const a = chroma * Math.cos((hue * Math.PI) / 180);
	const b = chroma * Math.sin((hue * Math.PI) / 180);
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const channel = (value: number) => Math.min(1, Math.max(0, value));
	const red = channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
	const green = channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
	const blue = channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
