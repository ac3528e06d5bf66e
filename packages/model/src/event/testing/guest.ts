import type { Participant } from "../event.ts";

/** A guest who has not answered yet. */
export function guest(email: string, parts: Partial<Participant> = {}): Participant {
	return { email, name: null, response: "needs_action", optional: false, organizer: false, self: false, ...parts };
}
