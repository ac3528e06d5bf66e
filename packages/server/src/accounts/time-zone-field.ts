import { z } from "zod";

export const timeZoneField = z
	.string()
	.max(64)
	.transform((zone, context) => {
		const found = ianaZone(zone);
		if (found !== null) return found;
		context.addIssue({ code: "custom", message: "Use an IANA time zone such as Europe/Berlin." });
		return z.NEVER;
	})
	.describe("IANA, e.g. Europe/Berlin.");

/** The zone as the tz database spells it; null for offsets and what is no zone. */
function ianaZone(zone: string): string | null {
	if (!/^[A-Za-z]/.test(zone)) return null;
	try {
		return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
	} catch {
		return null;
	}
}
