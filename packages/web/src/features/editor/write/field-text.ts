import { useLingui } from "@lingui/react/macro";
import { dayText, type Reading, timeText, zonePlace } from "../../calendar/time/format.ts";
import { dayOf, instantOf } from "../../calendar/time/instants.ts";
import { type EventPoint, isDay } from "../../calendar/wire.ts";
import { repetitionOf } from "../recurrence/rule.ts";
import { repetitionText } from "../recurrence/words.ts";

/** What a field without a value says. */
export const NOTHING = "–";

/** Names of an event's fields and their values in words, for notices and the history. */
export function useFieldText(reading: Reading) {
	const { t } = useLingui();
	const names: Readonly<Record<string, string>> = {
		title: t`Title`,
		start: t`Start`,
		end: t`End`,
		all_day: t`All day`,
		recurrence: t`Repeats`,
		location: t`Place`,
		description: t`Description`,
		participants: t`Guests`,
		reminders: t`Reminders`,
		busy: t`Shown as`,
		visibility: t`Visibility`,
		color: t`Colour`,
		conference: t`Video call`,
		status: t`Status`,
		categories: t`Categories`,
		attachments: t`Attachments`,
	};
	const pointText = (point: EventPoint) => {
		if (isDay(point)) return dayText(point.date, reading.locale);
		const instant = instantOf(point, reading.zone);
		const day = dayText(dayOf(instant, reading.zone), reading.locale, {
			weekday: "short",
			day: "numeric",
			month: "short",
		});
		return `${day}, ${timeText(instant, reading)} (${zonePlace(reading.zone)})`;
	};
	const textOf = (field: string, value: unknown): string => {
		if (value === null || value === undefined || value === "") return NOTHING;
		if ((field === "start" || field === "end") && isPoint(value)) return pointText(value);
		if (field === "recurrence" && isLines(value)) {
			const now = { date: dayOf(Date.now(), reading.zone) };
			return repetitionText(repetitionOf(value, now, reading.zone), reading.locale);
		}
		if (field === "busy") return value === true ? t`Busy` : t`Free`;
		if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
		if (Array.isArray(value)) return value.length === 0 ? NOTHING : value.map(partText).join("\n");
		if (field === "reminders" && typeof value === "object" && "use_default" in value && value.use_default === true) {
			return t`The calendar's own`;
		}
		if (field === "reminders" && typeof value === "object" && "overrides" in value && Array.isArray(value.overrides)) {
			return value.overrides.length === 0 ? t`None` : value.overrides.map(partText).join("\n");
		}
		return partText(value);
	};
	const answers: Readonly<Record<string, string>> = {
		accepted: t`coming`,
		declined: t`not coming`,
		tentative: t`perhaps`,
		needs_action: t`no answer yet`,
	};
	const partText = (part: unknown): string => {
		if (typeof part !== "object" || part === null) return String(part);
		if ("email" in part) {
			const answer = "response" in part ? answers[String(part.response)] : undefined;
			return answer === undefined ? String(part.email) : `${String(part.email)} (${answer})`;
		}
		if ("minutes" in part) return t`${Number(part.minutes)} minutes before`;
		if ("url" in part) return String(part.url);
		return JSON.stringify(part);
	};
	return { nameOf: (field: string) => names[field] ?? field, textOf };
}

function isPoint(value: unknown): value is EventPoint {
	return typeof value === "object" && value !== null && ("date" in value || "date_time" in value);
}

function isLines(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((line) => typeof line === "string");
}
