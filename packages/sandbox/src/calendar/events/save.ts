import { GoogleError } from "../../http/google-error.ts";
import type { EventContent, EventDraft, EventRecord } from "../../world/event-record.ts";
import { fulfil, isPending } from "./conference.ts";
import { changedContent } from "./event-types.ts";
import { mailGuests, mailOrganizer } from "./mails.ts";
import { bury, change, dropLostExceptions, finish, organizes, put, type Scene } from "./scene.ts";
import { attendeeOf, bringBack, type GuestChange, spread, withGuest } from "./spread.ts";

/** Stores a new event and invites its guests. */
export function saveNew(scene: Scene, draft: EventDraft): EventRecord {
	const record = put(scene, scene.calendar, draft);
	if (organizes(scene.calendar, record)) {
		spread(scene, null, record);
		mailGuests(scene, null, record);
	}
	makeConference(scene, record);
	return record;
}

/** Stores a changed event; in a guest's copy only what guests may change goes further than the copy. */
export function saveChanged(scene: Scene, before: EventRecord, content: EventContent): EventRecord {
	const changed = changedContent(before, content);
	if (changed.length === 0 && before.deletedAt === undefined) return before;
	const own = organizes(scene.calendar, before) || before.privateCopy === true;
	return own ? saveOwn(scene, before, content, changed) : saveGuests(scene, before, content, changed);
}

const RESCHEDULING: readonly (keyof EventContent)[] = ["start", "end", "recurrence", "status"];

function saveOwn(
	scene: Scene,
	before: EventRecord,
	content: EventContent,
	changed: readonly (keyof EventContent)[],
): EventRecord {
	const onlyReminders = changed.length > 0 && changed.every((name) => name === "reminders");
	const record = put(scene, scene.calendar, {
		...before,
		...content,
		sequence: before.sequence + (changed.some((name) => RESCHEDULING.includes(name)) ? 1 : 0),
		updated: onlyReminders ? before.updated : undefined,
		deletedAt: undefined,
	});
	if (record.recurringEventId === undefined) dropLostExceptions(scene, scene.calendar, record);
	spread(scene, before, record);
	mailGuests(scene, before, record);
	makeConference(scene, record);
	return record;
}

const ORGANIZERS: readonly (keyof EventContent)[] = [
	"guestsCanInviteOthers",
	"guestsCanModify",
	"guestsCanSeeOtherGuests",
];
const OWN: readonly (keyof EventContent)[] = [
	"colorId",
	"eventLabelId",
	"transparency",
	"reminders",
	"privateProperties",
];

function saveGuests(
	scene: Scene,
	before: EventRecord,
	content: EventContent,
	changed: readonly (keyof EventContent)[],
): EventRecord {
	const guest = scene.calendar.id;
	if (changed.some((name) => ORGANIZERS.includes(name))) {
		const message = "Shared properties can only be changed by the organizer of the event.";
		throw new GoogleError(403, "forbiddenForNonOrganizer", message, { domain: "calendar" });
	}
	const entry = attendeeOf(content, guest);
	const invited =
		before.guestsCanInviteOthers === false
			? []
			: (content.attendees ?? []).filter(({ email }) => attendeeOf(before, email) === undefined);
	const shared = changed.filter((name) => name !== "attendees" && !OWN.includes(name));
	const taken = before.guestsCanModify === true ? shared : [];
	const made: GuestChange = {
		guest,
		entry,
		invited,
		content: Object.fromEntries(taken.map((name) => [name, content[name]])),
	};
	const attendees = before.attendees && withGuest(before.attendees, made);
	const record = change(scene, scene.calendar, before, { ...content, attendees, deletedAt: undefined });
	bringBack(scene, record, made);
	const answered = entry?.responseStatus !== attendeeOf(before, guest)?.responseStatus;
	if (answered) mailOrganizer(scene, record);
	return scene.calendar.events.get(record.id) ?? record;
}

/** Deletes an event, or one instance of a series; a guest who does so declines. */
export function remove(scene: Scene, record: EventRecord): void {
	const { calendar } = scene;
	const series = record.recurringEventId === undefined ? null : calendar.events.get(record.recurringEventId);
	const inSeries = series !== null && series.deletedAt === undefined;
	const gone = inSeries ? change(scene, calendar, record, { status: "cancelled" }) : bury(scene, calendar, record);
	if (organizes(calendar, record)) {
		spread(scene, record, gone);
		mailGuests(scene, record, gone);
		return;
	}
	const entry = attendeeOf(record, calendar.id);
	if (entry === undefined || record.privateCopy === true) return;
	const declined = { ...entry, responseStatus: "declined" as const };
	bringBack(scene, record, { guest: calendar.id, entry: declined, invited: [], content: {} });
	mailOrganizer(scene, record);
}

/** Asks for the conference that a record's `createRequest` is pending for. */
function makeConference(scene: Scene, record: EventRecord): void {
	const data = record.conferenceData;
	if (data === undefined || !isPending(data)) return;
	const { world, calendar } = scene;
	world.clock.after(world.listing.conferenceDelay, () => {
		const now = calendar.events.get(record.id);
		if (now === null || now.conferenceData !== data) return;
		const later: Scene = { ...scene, actor: null, sendUpdates: "none", touched: new Set() };
		const made = change(later, calendar, now, fulfil(data, world.random));
		spread(later, now, made);
		finish(later);
	});
}
