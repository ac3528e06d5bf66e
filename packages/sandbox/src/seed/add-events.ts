import { organizerOf } from "../calendar/events/methods.ts";
import { readContent } from "../calendar/events/read-content.ts";
import { textOf } from "../calendar/events/read-fields.ts";
import { saveNew } from "../calendar/events/save.ts";
import { finish, type Scene } from "../calendar/events/scene.ts";
import type { JsonObject } from "../json.ts";
import type { Account } from "../world/account.ts";
import type { Calendar } from "../world/calendar.ts";
import type { EventRecord } from "../world/event-record.ts";
import type { World } from "../world/world.ts";

const ALL = { conferences: true, attachments: true, labels: true };

/**
 * Puts many events into a calendar in one go, with one message to its channels; guests get copies and no mails.
 *
 * @param bodies as `events.insert` takes them, `id` included
 * @throws GoogleError 400
 */
export function addEvents(
	world: World,
	calendar: Calendar,
	actor: Account,
	bodies: readonly JsonObject[],
): readonly EventRecord[] {
	const scene: Scene = { world, calendar, actor, sendUpdates: "none", touched: new Set() };
	const created = world.clock.now();
	const records = bodies.map((body) => {
		const id = textOf(body, "id") ?? world.random.id(26);
		return saveNew(scene, {
			...readContent(body, calendar.timeZone, null, ALL),
			id,
			iCalUID: `${id}@google.com`,
			organizer: organizerOf(world, calendar),
			creator: { email: actor.email },
			sequence: 0,
			created,
		});
	});
	finish(scene);
	return records;
}
