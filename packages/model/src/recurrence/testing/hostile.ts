const range = (from: number, to: number): string =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index).join();

/** Recurrence lines made to hang or flood whoever expands them, for a DTSTART on 6 January 2020. */
export function hostileSeries(): Readonly<Record<string, readonly string[]>> {
	const everySecond = `BYHOUR=${range(0, 23)};BYMINUTE=${range(0, 59)};BYSECOND=${range(0, 59)}`;
	const everyDay = `BYYEARDAY=${range(1, 366)}`;
	const two = (value: number): string => String(value).padStart(2, "0");
	const times = Array.from(
		{ length: 20_000 },
		(_, index) =>
			`2025${two((index % 12) + 1)}${two((index % 28) + 1)}T09${two(index % 60)}${two(Math.floor(index / 60) % 60)}`,
	);
	return {
		"node-ical 542: COUNT=1 among 31.5 million candidates": [`RRULE:FREQ=YEARLY;COUNT=1;${everyDay};${everySecond}`],
		"every second of every year": [`RRULE:FREQ=YEARLY;${everyDay};${everySecond}`],
		"the last second of every year by BYSETPOS": [`RRULE:FREQ=YEARLY;BYSETPOS=-1;${everyDay};${everySecond}`],
		"COUNT=10^9, daily": ["RRULE:FREQ=DAILY;COUNT=1000000000"],
		"COUNT=10^9, every minute": ["RRULE:FREQ=MINUTELY;COUNT=1000000000"],
		"COUNT=10^9, monthly in vain": ["RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000000"],
		"endless seconds": ["RRULE:FREQ=SECONDLY"],
		"endless seconds, all excluded": ["RRULE:FREQ=SECONDLY", "EXRULE:FREQ=SECONDLY"],
		"all excluded": ["RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"],
		"30 February, yearly": ["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
		"30 February, by the second": ["RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"],
		"a second that never comes": ["RRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=30;COUNT=2"],
		"a week that never comes": ["RRULE:FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO;COUNT=2"],
		"until the year 9999": ["RRULE:FREQ=SECONDLY;UNTIL=99991231T235959Z"],
		"an interval beyond the calendar": ["RRULE:FREQ=YEARLY;INTERVAL=999999999999999"],
		"a position that no set has": ["RRULE:FREQ=SECONDLY;BYSECOND=0;BYSETPOS=366;COUNT=2"],
		"every position": [`RRULE:FREQ=MINUTELY;BYSECOND=${range(0, 59)};BYSETPOS=${range(1, 366)},${range(-366, -1)}`],
		"many rules": Array.from({ length: 100 }, (_, index) => `RRULE:FREQ=SECONDLY;INTERVAL=${index + 7}`),
		"a rule of a megabyte": [`RRULE:FREQ=DAILY;BYMONTHDAY=${"1,".repeat(500_000)}1`],
		"thousands of RDATE lines": times.map((time) => `RDATE;TZID=America/New_York:${time}`),
		"thousands of EXDATE lines": ["RRULE:FREQ=DAILY", ...times.map((time) => `EXDATE;TZID=America/New_York:${time}`)],
		"a line of EXDATEs": ["RRULE:FREQ=DAILY", `EXDATE:${times.join()}`],
	};
}
