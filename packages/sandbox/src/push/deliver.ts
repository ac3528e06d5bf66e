import type { World } from "../world/world.ts";
import type { Channel, Delivery } from "./channel.ts";
import { createLine, type Line } from "./line.ts";

const RETRIED = [500, 502, 503, 504];
const SUCCESS = [102, 200, 201, 202, 204];
const MOST_ATTEMPTS = 5;
const FIRST_PAUSE = 1000;
const TIMEOUT = 10_000;
const KEPT = 1000;
/** Messages of one channel under way at once: thousands would keep each other, and all else here, waiting. */
const AT_ONCE = 10;

const lines = new WeakMap<Channel, Line>();

/**
 * Sends a message of a channel, and again where the receiver answers 500, 502, 503 or 504, each time after twice the
 * pause; every other answer ends it. Channels that have expired or were stopped say nothing.
 */
export function deliver(world: World, channel: Channel, state: Delivery["state"]): void {
	if (!isLive(world, channel)) return;
	// The first message has number 1; then they rise with gaps.
	channel.messageNumber += channel.messageNumber === 0 ? 1 : 1 + Math.floor(world.random.float() * 3);
	const messageNumber = channel.messageNumber;
	const { lossRate, delay, copies } = world.push;
	if (state !== "sync" && world.random.float() < lossRate) {
		note(world, { channel, messageNumber, state, attempts: 0, status: null, outcome: "lost" });
		return;
	}
	for (let copy = 0; copy < copies; copy++) {
		world.clock.after(delay, () => void attempt(world, channel, messageNumber, state, 1));
	}
}

const isLive = (world: World, channel: Channel): boolean =>
	world.channels.get(channel.id) === channel && channel.expiration > world.clock.now();

async function attempt(
	world: World,
	channel: Channel,
	messageNumber: number,
	state: Delivery["state"],
	attempts: number,
): Promise<void> {
	const line = lines.get(channel) ?? createLine(AT_ONCE);
	lines.set(channel, line);
	const status = await line.run(async () => (isLive(world, channel) ? send(channel, messageNumber, state) : "ended"));
	if (status === "ended") return;
	const again = status === null || RETRIED.includes(status);
	if (again && attempts < MOST_ATTEMPTS) {
		const pause = FIRST_PAUSE * 2 ** (attempts - 1);
		world.clock.after(pause, () => void attempt(world, channel, messageNumber, state, attempts + 1));
		return;
	}
	const refused = again ? "gave_up" : "refused";
	const outcome = status !== null && SUCCESS.includes(status) ? "delivered" : refused;
	note(world, { channel, messageNumber, state, attempts, status, outcome });
}

/** The status of the answer; null: none came. */
async function send(channel: Channel, messageNumber: number, state: Delivery["state"]): Promise<number | null> {
	const headers = new Headers({
		"user-agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
		"x-goog-channel-id": channel.id,
		"x-goog-channel-expiration": new Date(channel.expiration).toUTCString(),
		"x-goog-resource-id": channel.resourceId,
		"x-goog-resource-uri": channel.resourceUri,
		"x-goog-resource-state": state,
		"x-goog-message-number": String(messageNumber),
		"content-length": "0",
	});
	if (channel.token !== undefined) headers.set("x-goog-channel-token", channel.token);
	try {
		const signal = AbortSignal.timeout(TIMEOUT);
		const answer = await fetch(channel.address, { method: "POST", headers, redirect: "manual", signal });
		await answer.body?.cancel();
		return answer.status;
	} catch {
		return null;
	}
}

function note(world: World, entry: Omit<Delivery, "at" | "channelId"> & { readonly channel: Channel }): void {
	const { channel, ...rest } = entry;
	const { deliveries } = world.push;
	deliveries.push({ at: world.clock.now(), channelId: channel.id, ...rest });
	if (deliveries.length > KEPT) deliveries.splice(0, deliveries.length - KEPT);
}
