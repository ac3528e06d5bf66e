import type { EventDateTime } from "@kalends/model";
import type { WireEventDateTime } from "./schemas.ts";

/** The API's form of a start, an end or an original start (RFC 3339 §5.6). */
export function dateTimeToWire(time: EventDateTime): WireEventDateTime {
	switch (time.type) {
		case "date":
			return { date: time.date };
		case "floating":
			return { date_time: time.local, time_zone: null };
		case "zoned":
			return { date_time: withOffset(time.instant, time.zone, time.local), time_zone: time.zone };
	}
}

/**
 * The wall clock that the instant has in the zone, so that a time written in a gap is shown where it happens.
 * Without a zone name the offset is the one between the written wall clock and the instant.
 */
function withOffset(instant: string, zone: string | null, local: string): string {
	if (zone === "UTC") return instant;
	if (zone !== null) {
		return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toString({ timeZoneName: "never" });
	}
	const minutes = Math.round((Date.parse(`${local}Z`) - Date.parse(instant)) / 60_000);
	const sign = minutes < 0 ? "-" : "+";
	const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0");
	return `${local}${sign}${hours}:${String(Math.abs(minutes) % 60).padStart(2, "0")}`;
}
