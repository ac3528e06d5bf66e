import type { World } from "../world/world.ts";
import type { Watched } from "./channel.ts";
import { deliver } from "./deliver.ts";

/** Tells every channel that watches this of a change. */
export function announce(world: World, changed: Watched): void {
	for (const channel of world.channels.values()) {
		if (sameWatched(channel.watched, changed)) deliver(world, channel, "exists");
	}
}

function sameWatched(a: Watched, b: Watched): boolean {
	if (a.type !== b.type) return false;
	if ("calendarId" in a) return "calendarId" in b && a.calendarId === b.calendarId;
	return "email" in b && a.email === b.email;
}
