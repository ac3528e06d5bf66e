import { type EventRecord, sameEmail } from "../../world/event-record.ts";
import { accountOf, type Mail } from "../../world/world.ts";
import { changedContent } from "./event-types.ts";
import type { Scene } from "./scene.ts";
import { attendeeOf } from "./spread.ts";
import { isCancelled } from "./view.ts";

const KEPT = 10_000;

/** Mails that an organizer's change sends, as `sendUpdates` says. */
export function mailGuests(scene: Scene, before: EventRecord | null, after: EventRecord): void {
	const { calendar, world } = scene;
	if (scene.sendUpdates === "none" || after.privateCopy === true) return;
	const emails = [...(before?.attendees ?? []), ...(after.attendees ?? [])].map(({ email }) => email.toLowerCase());
	const moved = before === null || changedContent(before, after).length > 0;
	for (const to of new Set(emails)) {
		if (sameEmail(to, calendar.id) || (scene.actor !== null && sameEmail(to, scene.actor.email))) continue;
		if (scene.sendUpdates === "externalOnly" && accountOf(world, to) !== null) continue;
		const invited = attendeeOf(after, to) !== undefined && !isCancelled(after);
		const was = before !== null && attendeeOf(before, to) !== undefined && !isCancelled(before);
		if (invited && was && moved) mail(scene, to, "update", after);
		else if (invited && !was) mail(scene, to, "invitation", after);
		else if (was && !invited) mail(scene, to, "cancellation", after);
	}
}

/** The mail to the organizer when a guest answers. */
export function mailOrganizer(scene: Scene, record: EventRecord): void {
	if (scene.sendUpdates === "none") return;
	const to = record.organizer.email;
	if (scene.sendUpdates === "externalOnly" && accountOf(scene.world, to) !== null) return;
	mail(scene, to, "response", record);
}

function mail(scene: Scene, to: string, kind: Mail["kind"], record: EventRecord): void {
	const { world, calendar } = scene;
	world.mails.push({
		to,
		from: scene.actor?.email ?? calendar.dataOwner,
		kind,
		calendarId: calendar.id,
		eventId: record.id,
		summary: record.summary ?? "",
		sentAt: world.clock.now(),
	});
	if (world.mails.length > KEPT) world.mails.shift();
}
