import { describe, expect, test } from "vitest";
import { expandSeries } from "./expand.ts";
import { between, event, starts, zoned } from "./testing/series.ts";

/** `1997 Sep 2-4,9; Oct 1 9:00,12:00` as dates; the clock is 09:00 unless said. */
function dates(text: string): string[] {
	const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
	const found: string[] = [];
	let year = "";
	for (const part of text.split(";")) {
		const match = /^\s*(?:(\d{4}) )?([A-Z][a-z]{2}) ([\d,-]+)\s*$/.exec(part);
		if (match === null) throw new Error(`bad dates: ${part}`);
		year = match[1] ?? year;
		const month = String(months.indexOf(match[2] ?? "") + 1).padStart(2, "0");
		for (const item of (match[3] ?? "").split(",")) {
			const [first = "", last = first] = item.split("-");
			for (let date = Number(first); date <= Number(last); date++) {
				found.push(`${year}-${month}-${String(date).padStart(2, "0")}T09:00:00`);
			}
		}
	}
	return found;
}

const times = (date: string, ...clocks: string[]): string[] => clocks.map((clock) => `${date}T${clock}:00`);

const everyTwentyMinutes = ["1997-09-02", "1997-09-03"].flatMap((date) =>
	["09", "10", "11", "12", "13", "14", "15", "16"].flatMap((hour) =>
		times(date, `${hour}:00`, `${hour}:20`, `${hour}:40`),
	),
);

interface Example {
	readonly start?: string;
	readonly lines: readonly string[];
	readonly expected: readonly string[];
	/** Where the rule goes on: the range is cut here. */
	readonly to?: string;
}

const rule = (text: string): readonly string[] => [`RRULE:${text}`];

/** All examples of RFC 5545 §3.8.5.3, in its order; DTSTART is 2 September 1997, 09:00 New York time, unless given. */
const EXAMPLES: Readonly<Record<string, Example>> = {
	"daily for 10 occurrences": { lines: rule("FREQ=DAILY;COUNT=10"), expected: dates("1997 Sep 2-11") },
	"daily until 24 December 1997": {
		lines: rule("FREQ=DAILY;UNTIL=19971224T000000Z"),
		expected: dates("1997 Sep 2-30;Oct 1-31;Nov 1-30;Dec 1-23"),
	},
	"every other day, forever": {
		lines: rule("FREQ=DAILY;INTERVAL=2"),
		expected: dates(
			"1997 Sep 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30;Oct 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30;Nov 1,3,5,7",
		),
		to: "1997-11-08",
	},
	"every 10 days, 5 occurrences": {
		lines: rule("FREQ=DAILY;INTERVAL=10;COUNT=5"),
		expected: dates("1997 Sep 2,12,22;Oct 2,12"),
	},
	"every day in January for 3 years, yearly": {
		start: "1998-01-01T09:00:00",
		lines: rule("FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA"),
		expected: dates("1998 Jan 1-31;1999 Jan 1-31;2000 Jan 1-31"),
	},
	"every day in January for 3 years, daily": {
		start: "1998-01-01T09:00:00",
		lines: rule("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1"),
		expected: dates("1998 Jan 1-31;1999 Jan 1-31;2000 Jan 1-31"),
	},
	"weekly for 10 occurrences": {
		lines: rule("FREQ=WEEKLY;COUNT=10"),
		expected: dates("1997 Sep 2,9,16,23,30;Oct 7,14,21,28;Nov 4"),
	},
	"weekly until 24 December 1997": {
		lines: rule("FREQ=WEEKLY;UNTIL=19971224T000000Z"),
		expected: dates("1997 Sep 2,9,16,23,30;Oct 7,14,21,28;Nov 4,11,18,25;Dec 2,9,16,23"),
	},
	"every other week, forever": {
		lines: rule("FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
		expected: dates("1997 Sep 2,16,30;Oct 14,28;Nov 11,25;Dec 9,23;1998 Jan 6,20;Feb 3,17"),
		to: "1998-02-20",
	},
	"weekly on Tuesday and Thursday for five weeks, until": {
		lines: rule("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH"),
		expected: dates("1997 Sep 2,4,9,11,16,18,23,25,30;Oct 2"),
	},
	"weekly on Tuesday and Thursday for five weeks, count": {
		lines: rule("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH"),
		expected: dates("1997 Sep 2,4,9,11,16,18,23,25,30;Oct 2"),
	},
	"every other week on Monday, Wednesday and Friday until 24 December 1997": {
		start: "1997-09-01T09:00:00",
		lines: rule("FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR"),
		expected: dates("1997 Sep 1,3,5,15,17,19,29;Oct 1,3,13,15,17,27,29,31;Nov 10,12,14,24,26,28;Dec 8,10,12,22"),
	},
	"every other week on Tuesday and Thursday, 8 occurrences": {
		lines: rule("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH"),
		expected: dates("1997 Sep 2,4,16,18,30;Oct 2,14,16"),
	},
	"monthly on the first Friday for 10 occurrences": {
		start: "1997-09-05T09:00:00",
		lines: rule("FREQ=MONTHLY;COUNT=10;BYDAY=1FR"),
		expected: dates("1997 Sep 5;Oct 3;Nov 7;Dec 5;1998 Jan 2;Feb 6;Mar 6;Apr 3;May 1;Jun 5"),
	},
	"monthly on the first Friday until 24 December 1997": {
		start: "1997-09-05T09:00:00",
		lines: rule("FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR"),
		expected: dates("1997 Sep 5;Oct 3;Nov 7;Dec 5"),
	},
	"every other month on the first and last Sunday for 10 occurrences": {
		start: "1997-09-07T09:00:00",
		lines: rule("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU"),
		expected: dates("1997 Sep 7,28;Nov 2,30;1998 Jan 4,25;Mar 1,29;May 3,31"),
	},
	"monthly on the second-to-last Monday for 6 months": {
		start: "1997-09-22T09:00:00",
		lines: rule("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO"),
		expected: dates("1997 Sep 22;Oct 20;Nov 17;Dec 22;1998 Jan 19;Feb 16"),
	},
	"monthly on the third-to-the-last day, forever": {
		start: "1997-09-28T09:00:00",
		lines: rule("FREQ=MONTHLY;BYMONTHDAY=-3"),
		expected: dates("1997 Sep 28;Oct 29;Nov 28;Dec 29;1998 Jan 29;Feb 26"),
		to: "1998-03-01",
	},
	"monthly on the 2nd and 15th for 10 occurrences": {
		lines: rule("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15"),
		expected: dates("1997 Sep 2,15;Oct 2,15;Nov 2,15;Dec 2,15;1998 Jan 2,15"),
	},
	"monthly on the first and last day for 10 occurrences": {
		start: "1997-09-30T09:00:00",
		lines: rule("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1"),
		expected: dates("1997 Sep 30;Oct 1,31;Nov 1,30;Dec 1,31;1998 Jan 1,31;Feb 1"),
	},
	"every 18 months on the 10th to 15th for 10 occurrences": {
		start: "1997-09-10T09:00:00",
		lines: rule("FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15"),
		expected: dates("1997 Sep 10-15;1999 Mar 10-13"),
	},
	"every Tuesday, every other month": {
		lines: rule("FREQ=MONTHLY;INTERVAL=2;BYDAY=TU"),
		expected: dates("1997 Sep 2,9,16,23,30;Nov 4,11,18,25;1998 Jan 6,13,20,27;Mar 3,10,17,24,31"),
		to: "1998-04-30",
	},
	"yearly in June and July for 10 occurrences": {
		start: "1997-06-10T09:00:00",
		lines: rule("FREQ=YEARLY;COUNT=10;BYMONTH=6,7"),
		expected: dates("1997 Jun 10;Jul 10;1998 Jun 10;Jul 10;1999 Jun 10;Jul 10;2000 Jun 10;Jul 10;2001 Jun 10;Jul 10"),
	},
	"every other year in January, February and March for 10 occurrences": {
		start: "1997-03-10T09:00:00",
		lines: rule("FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3"),
		expected: dates("1997 Mar 10;1999 Jan 10;Feb 10;Mar 10;2001 Jan 10;Feb 10;Mar 10;2003 Jan 10;Feb 10;Mar 10"),
	},
	"every third year on the 1st, 100th and 200th day for 10 occurrences": {
		start: "1997-01-01T09:00:00",
		lines: rule("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200"),
		expected: dates("1997 Jan 1;Apr 10;Jul 19;2000 Jan 1;Apr 9;Jul 18;2003 Jan 1;Apr 10;Jul 19;2006 Jan 1"),
	},
	"every 20th Monday of the year": {
		start: "1997-05-19T09:00:00",
		lines: rule("FREQ=YEARLY;BYDAY=20MO"),
		expected: dates("1997 May 19;1998 May 18;1999 May 17"),
		to: "2000-01-01",
	},
	"Monday of week number 20": {
		start: "1997-05-12T09:00:00",
		lines: rule("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"),
		expected: dates("1997 May 12;1998 May 11;1999 May 17"),
		to: "2000-01-01",
	},
	"every Thursday in March": {
		start: "1997-03-13T09:00:00",
		lines: rule("FREQ=YEARLY;BYMONTH=3;BYDAY=TH"),
		expected: dates("1997 Mar 13,20,27;1998 Mar 5,12,19,26;1999 Mar 4,11,18,25"),
		to: "2000-01-01",
	},
	"every Thursday in June, July and August": {
		start: "1997-06-05T09:00:00",
		lines: rule("FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8"),
		expected: dates(
			"1997 Jun 5,12,19,26;Jul 3,10,17,24,31;Aug 7,14,21,28;1998 Jun 4,11,18,25;Jul 2,9,16,23,30;Aug 6,13,20,27;1999 Jun 3,10,17,24;Jul 1,8,15,22,29;Aug 5,12,19,26",
		),
		to: "2000-01-01",
	},
	"every Friday the 13th, DTSTART excluded": {
		lines: ["EXDATE;TZID=America/New_York:19970902T090000", "RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"],
		expected: dates("1998 Feb 13;Mar 13;Nov 13;1999 Aug 13;2000 Oct 13"),
		to: "2001-01-01",
	},
	"the first Saturday that follows the first Sunday": {
		start: "1997-09-13T09:00:00",
		lines: rule("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13"),
		expected: dates("1997 Sep 13;Oct 11;Nov 8;Dec 13;1998 Jan 10;Feb 7;Mar 7;Apr 11;May 9;Jun 13"),
		to: "1998-07-01",
	},
	"U.S. Presidential Election day": {
		start: "1996-11-05T09:00:00",
		lines: rule("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8"),
		expected: dates("1996 Nov 5;2000 Nov 7;2004 Nov 2"),
		to: "2005-01-01",
	},
	"the third of Tuesday, Wednesday and Thursday for three months": {
		start: "1997-09-04T09:00:00",
		lines: rule("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3"),
		expected: dates("1997 Sep 4;Oct 7;Nov 6"),
	},
	"the second-to-last weekday of the month": {
		start: "1997-09-29T09:00:00",
		lines: rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2"),
		expected: dates("1997 Sep 29;Oct 30;Nov 27;Dec 30;1998 Jan 29;Feb 26;Mar 30"),
		to: "1998-04-01",
	},
	// UNTIL as of erratum 3883: the RFC's own 17:00 UTC is 13:00 in New York.
	"every 3 hours from 9 to 5": {
		lines: rule("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z"),
		expected: times("1997-09-02", "09:00", "12:00", "15:00"),
	},
	"every 3 hours, UNTIL as printed": {
		lines: rule("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z"),
		expected: times("1997-09-02", "09:00", "12:00"),
	},
	"every 15 minutes for 6 occurrences": {
		lines: rule("FREQ=MINUTELY;INTERVAL=15;COUNT=6"),
		expected: times("1997-09-02", "09:00", "09:15", "09:30", "09:45", "10:00", "10:15"),
	},
	"every hour and a half for 4 occurrences": {
		lines: rule("FREQ=MINUTELY;INTERVAL=90;COUNT=4"),
		expected: times("1997-09-02", "09:00", "10:30", "12:00", "13:30"),
	},
	"every 20 minutes from 9:00 to 16:40, daily": {
		lines: rule("FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40"),
		expected: everyTwentyMinutes,
		to: "1997-09-04",
	},
	"every 20 minutes from 9:00 to 16:40, minutely": {
		lines: rule("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16"),
		expected: everyTwentyMinutes,
		to: "1997-09-04",
	},
	"weeks that start on Monday": {
		start: "1997-08-05T09:00:00",
		lines: rule("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO"),
		expected: dates("1997 Aug 5,10,19,24"),
	},
	"weeks that start on Sunday": {
		start: "1997-08-05T09:00:00",
		lines: rule("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"),
		expected: dates("1997 Aug 5,17,19,31"),
	},
	"an impossible date is left out": {
		start: "2007-01-15T09:00:00",
		lines: rule("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5"),
		expected: dates("2007 Jan 15,30;Feb 15;Mar 15,30"),
	},
};

describe("the examples of RFC 5545 §3.8.5.3", () => {
	test.each(Object.entries(EXAMPLES))("%s", (_name, { start = "1997-09-02T09:00:00", lines, expected, to }) => {
		const master = event({ start: zoned(start, "America/New_York"), recurrence: lines });
		const range = between("1990-01-01", to ?? "2030-01-01");
		const expansion = expandSeries({ master, overrides: [] }, range, { floatingZone: "UTC" });
		expect(expansion.problem).toBeNull();
		expect(starts(expansion.occurrences)).toEqual(expected);
	});

	test("keep their wall clock over changes of offset", () => {
		const master = event({
			start: zoned("1997-09-02T09:00:00", "America/New_York"),
			recurrence: ["RRULE:FREQ=WEEKLY;COUNT=10"],
		});
		const { occurrences } = expandSeries({ master, overrides: [] }, between("1997-10-20", "1997-10-30"), {
			floatingZone: "UTC",
		});
		expect(occurrences.map((one) => one.start)).toMatchObject([
			{ instant: "1997-10-21T13:00:00Z" },
			{ instant: "1997-10-28T14:00:00Z" },
		]);
	});
});
