import { z } from "zod";
import { timeZoneField } from "./time-zone-field.ts";

/** How a person wants dates, times and the web app. Null: as the browser's language has it. */
export interface Preferences {
	/** IANA; shown beside the person's own. */
	readonly secondary_time_zone: string | null;
	readonly week_start: "monday" | "saturday" | "sunday" | null;
	readonly hour_cycle: 12 | 24 | null;
	readonly theme: "system" | "light" | "dark";
	/** BCP 47. */
	readonly locale: string | null;
	readonly density: "comfortable" | "compact";
	/** Single keys do things. */
	readonly shortcuts: boolean;
}

const DEFAULT_PREFERENCES: Preferences = {
	secondary_time_zone: null,
	week_start: null,
	hour_cycle: null,
	theme: "system",
	locale: null,
	density: "comfortable",
	shortcuts: true,
};

const localeField = z
	.string()
	.min(2)
	.max(35)
	.transform((tag, context) => {
		try {
			return Intl.getCanonicalLocales(tag)[0] ?? tag;
		} catch {
			context.addIssue({ code: "custom", message: "Use a language tag such as en-GB (BCP 47)." });
			return z.NEVER;
		}
	})
	.describe("BCP 47, e.g. en-GB.");

const fields = {
	secondary_time_zone: timeZoneField.nullable(),
	week_start: z.enum(["monday", "saturday", "sunday"]).nullable(),
	hour_cycle: z.union([z.literal(12), z.literal(24)]).nullable(),
	theme: z.enum(["system", "light", "dark"]),
	locale: localeField.nullable(),
	density: z.enum(["comfortable", "compact"]),
	shortcuts: z.boolean(),
};

const BY_LANGUAGE = "Null: as the language has it.";

export const PreferencesSchema = z
	.object({
		secondary_time_zone: z.string().nullable().describe("IANA; shown beside time_zone."),
		week_start: fields.week_start.describe(BY_LANGUAGE),
		hour_cycle: fields.hour_cycle.describe(BY_LANGUAGE),
		theme: fields.theme,
		locale: z.string().nullable().describe("BCP 47; null: the browser's."),
		density: fields.density,
		shortcuts: fields.shortcuts.describe("Single keys do things."),
	})
	.meta({ id: "Preferences" });

/** Merge-patch: what is left out stays; null brings the default back. */
export const PreferencesPatchSchema = z.strictObject({
	secondary_time_zone: fields.secondary_time_zone.optional(),
	week_start: fields.week_start.optional(),
	hour_cycle: fields.hour_cycle.optional(),
	theme: fields.theme.nullable().optional(),
	locale: fields.locale.optional(),
	density: fields.density.nullable().optional(),
	shortcuts: fields.shortcuts.nullable().optional(),
});
export type PreferencesPatch = z.output<typeof PreferencesPatchSchema>;

/** @param stored what a version of Kalends once stored; what this one does not know is left alone and not shown */
export function preferencesOf(stored: object): Preferences {
	const known = Object.entries(fields).flatMap(([name, schema]) => {
		const value: unknown = Reflect.get(stored, name);
		return schema.safeParse(value).success && value !== null ? [[name, value]] : [];
	});
	return { ...DEFAULT_PREFERENCES, ...Object.fromEntries(known) };
}

/** What is stored afterwards: only what differs from the defaults, so that those can change. */
export function patchedPreferences(stored: object, patch: PreferencesPatch): object {
	const given = Object.entries(patch).filter(([, value]) => value !== undefined);
	const merged = Object.entries({ ...stored, ...Object.fromEntries(given) });
	return Object.fromEntries(
		merged.filter(([name, value]) => value !== null && value !== Reflect.get(DEFAULT_PREFERENCES, name)),
	);
}
