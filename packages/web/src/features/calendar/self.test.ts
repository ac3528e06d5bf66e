import { expect, it } from "vitest";
import { withSelf } from "./self.ts";
import { eventOf } from "./testing.ts";

const guest = (email: string, self = false) =>
	({ email, name: null, response: "needs_action", optional: false, organizer: false, self }) as const;
const selves = (event: ReturnType<typeof eventOf>) => event.participants.map(({ self }) => self);

it("marks the account's address, else the person's own", () => {
	const event = eventOf({ participants: [guest("boss@example.org"), guest("Ann@Example.org")] });
	expect(selves(withSelf(event, { account: "ann@example.org" }, "ann@home.example"))).toEqual([false, true]);
	expect(selves(withSelf(event, { account: "ann" }, "ann@example.org"))).toEqual([false, true]);
	expect(selves(withSelf(event, { account: "ann@work.example" }, "ann@example.org"))).toEqual([false, false]);
});

it("leaves what the provider says", () => {
	const event = eventOf({ participants: [guest("a@example.org", true), guest("ann@example.org")] });
	expect(withSelf(event, { account: "ann@example.org" }, undefined)).toBe(event);
});
