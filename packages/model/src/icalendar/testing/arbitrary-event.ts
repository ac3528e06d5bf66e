import fc from "fast-check";
import type { CalendarEvent, DateTimeZoned, EventDateTime, Participant, Reminder } from "../../event/event.ts";
import { addDays, addDuration, addExact, utcAt, zonedAt } from "../../time/event-time.ts";
import { ianaZone, UTC } from "../../time/iana.ts";
import { DAY, formatDate, formatLocal, MINUTE, SECOND } from "../../time/wall-clock.ts";

const ZONES = [
	"Europe/Paris",
	"America/New_York",
	"Asia/Kathmandu",
	"Australia/Lord_Howe",
	"America/Argentina/Buenos_Aires",
];
const WINDOWS: Readonly<Record<string, string>> = { "Europe/Paris": "Romance Standard Time" };

const anyText = fc
	.string({
		unit: fc.oneof(fc.constantFrom(..."\\;,:\"^'\n\t %=-"), fc.string({ unit: "grapheme", maxLength: 3 })),
		maxLength: 60,
	})
	// biome-ignore lint/suspicious/noControlCharactersInRegex: no iCalendar text can hold these
	.map((text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").toWellFormed());
const anyWord = anyText.map((text) => text.trim()).filter((text) => text !== "");
const anyLocal = fc
	.integer({ min: Date.UTC(1990, 0, 1) / SECOND, max: Date.UTC(2040, 0, 1) / SECOND })
	.map((seconds) => seconds * SECOND);

const anyZoned: fc.Arbitrary<DateTimeZoned> = fc
	.tuple(anyLocal, fc.constantFrom(...ZONES), fc.boolean())
	.map(([local, zone, windows]) => {
		const tzid = windows ? WINDOWS[zone] : undefined;
		return zonedAt(local, ianaZone(zone) ?? UTC, tzid === undefined ? { zone } : { zone, tzid });
	});

const anyTime: fc.Arbitrary<EventDateTime> = fc.oneof(
	anyLocal.map((local): EventDateTime => ({ type: "date", date: formatDate(local) })),
	anyLocal.map((local): EventDateTime => ({ type: "floating", local: formatLocal(local) })),
	anyLocal.map(utcAt),
	anyZoned,
);

type Times = Pick<CalendarEvent, "start" | "end" | "duration_kind">;

const anyTimes: fc.Arbitrary<Times> = fc
	.tuple(anyTime, fc.boolean(), fc.nat(20), fc.nat(1439))
	.map(([start, nominal, days, minutes]): Times => {
		if (start.type === "date")
			return { start, end: addDays(start, days + 1), duration_kind: nominal ? "nominal" : "exact" };
		if (nominal) {
			const end = addDuration(start, { days: days + 1, milliseconds: minutes * MINUTE });
			return { start, end, duration_kind: "nominal" };
		}
		return { start, end: addExact(start, days * DAY + minutes * MINUTE), duration_kind: "exact" };
	});

const anyEmail = fc
	.string({ unit: fc.constantFrom(..."abc.+%_-é"), minLength: 1, maxLength: 12 })
	.map((local) => `x${local}@example.org`);

/** An organizer without an ATTENDEE line of its own is read as the first participant. */
const anyParticipants: fc.Arbitrary<Participant[]> = fc
	.tuple(
		fc.uniqueArray(
			fc.record({
				email: anyEmail,
				name: fc.option(anyWord, { nil: null }),
				response: fc.constantFrom("needs_action", "accepted", "declined", "tentative"),
				optional: fc.boolean(),
				organizer: fc.constant(false),
				self: fc.constant(false),
				comment: fc.option(anyWord, { nil: undefined, freq: 4 }),
			}),
			{ selector: ({ email }) => email.toLowerCase(), maxLength: 5 },
		),
		fc.nat(6),
	)
	.map(([people, organizer]) =>
		people.map(({ comment, ...one }, index) => ({
			...one,
			...(comment === undefined ? {} : { comment }),
			organizer: index === organizer,
		})),
	);

const anyReminders: fc.Arbitrary<Reminder[]> = fc.uniqueArray(
	fc.record({ method: fc.constantFrom("popup", "email"), minutes: fc.integer({ min: -1440, max: 50_000 }) }),
	{ selector: ({ method, minutes }) => `${method}${minutes}`, maxLength: 4 },
);

const anyUrl = fc.webUrl({ validSchemes: ["http", "https"], withQueryParameters: true, withFragments: true });
const anyInstant = fc.option(
	anyLocal.map((local) => `${formatLocal(local)}Z`),
	{ nil: null },
);
const anyRecurrence = fc.option(
	fc.constantFrom<readonly string[]>(
		["RRULE:FREQ=WEEKLY;BYDAY=MO"],
		["RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20260301T090000Z,20260302T090000Z"],
		["RRULE:FREQ=YEARLY", "EXDATE;TZID=Europe/Paris:20260301T090000", "RDATE;VALUE=DATE:20260301"],
		["RDATE;VALUE=PERIOD;TZID=America/New_York:20260301T090000/PT1H"],
	),
	{ nil: null },
);
const anyColor = fc.option(
	fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`),
	{ nil: null },
);

/** Any event that iCalendar can express, in the form in which it is read. */
export const anyEvent: fc.Arbitrary<CalendarEvent> = fc
	.record({
		uid: fc.uuid().map((uuid) => `${uuid}, a;b@example.org`),
		times: anyTimes,
		slot: fc.option(anyTime, { nil: null, freq: 3 }),
		this_and_future: fc.boolean(),
		title: anyText,
		description: anyText,
		location: anyText,
		status: fc.constantFrom("confirmed", "tentative", "cancelled"),
		recurrence: anyRecurrence,
		participants: anyParticipants,
		reminders: anyReminders,
		visibility: fc.constantFrom("default", "public", "private"),
		busy: fc.boolean(),
		color: anyColor,
		categories: fc.uniqueArray(anyWord, { maxLength: 4 }),
		conference: fc.option(fc.record({ url: anyUrl, provider: fc.option(anyWord, { nil: null }) }), { nil: null }),
		attachments: fc.array(
			fc.record({
				url: anyUrl,
				title: fc.option(anyWord, { nil: null }),
				mime_type: fc.option(fc.constantFrom("text/plain", "application/pdf"), { nil: null }),
			}),
			{ maxLength: 3 },
		),
		html_link: fc.option(anyUrl, { nil: null }),
		sequence: fc.nat(1000),
		created_at: anyInstant,
		updated_at: anyInstant,
	})
	.map(({ times, slot, this_and_future, recurrence, reminders, ...event }) => ({
		...event,
		...times,
		recurrence_id: slot,
		this_and_future: slot !== null && this_and_future,
		recurrence: slot === null ? recurrence : null,
		reminders: { use_default: false, overrides: reminders },
	}));
