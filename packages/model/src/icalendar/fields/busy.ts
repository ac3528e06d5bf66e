import { defineField } from "../field.ts";
import { propertyOf } from "../syntax/component.ts";

const OUTLOOK = "X-MICROSOFT-CDO-BUSYSTATUS";

/** `busy`: TRANSP (RFC 5545 §3.8.2.7), else Outlook's busy status; busy where neither is given. */
export const busy = defineField<"busy">({
	keys: ["busy"],
	names: ["TRANSP", OUTLOOK],
	read: (component) => {
		const transp = propertyOf(component, "TRANSP")?.value.trim().toUpperCase();
		if (transp !== undefined) return { busy: transp !== "TRANSPARENT" };
		return { busy: propertyOf(component, OUTLOOK)?.value.trim().toUpperCase() !== "FREE" };
	},
	write: (event, base) => {
		const lines = [`TRANSP:${event.busy ? "OPAQUE" : "TRANSPARENT"}`];
		if (base !== null && propertyOf(base, OUTLOOK) !== undefined)
			lines.push(`${OUTLOOK}:${event.busy ? "BUSY" : "FREE"}`);
		return { lines };
	},
});
