import { i18n } from "@lingui/core";
import { describe, expect, it } from "vitest";
import { repetitionOf } from "./rule.ts";
import { repetitionText } from "./words.ts";

i18n.loadAndActivate({ locale: "en", messages: {} });
const START = { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" };

describe("a rule in words", () => {
	it.each([
		["FREQ=DAILY", "Every day"],
		["FREQ=DAILY;INTERVAL=3;COUNT=10", "Every 3 days, 10 times"],
		["FREQ=DAILY;COUNT=1", "Every day, once"],
		["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday (Monday to Friday)"],
		["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "Every 2 weeks on Monday and Thursday"],
		["FREQ=MONTHLY;BYMONTHDAY=31", "Every month on day 31"],
		["FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday"],
		["FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270630T215959Z", "Every month on the last Friday, until 30 June 2027"],
		["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "Every year on 29 February"],
		["FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=4TH", "Every 2 years on the fourth Thursday of November"],
		["FREQ=HOURLY", "By a rule of its own"],
	])("%s", (rule, text) => {
		expect(repetitionText(repetitionOf([`RRULE:${rule}`], START, "UTC"), "en-GB")).toBe(text);
	});

	it("says that there is none", () => {
		expect(repetitionText({ kind: "none" }, "en-GB")).toBe("Does not repeat");
	});
});
