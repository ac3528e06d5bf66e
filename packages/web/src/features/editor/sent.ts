import type { NewEvent } from "@kalends/client";
import { type EventValues, newEventOf } from "./form/values.ts";
import { forget, keep, kept } from "./kept.ts";

/** A new event that was sent: sent again as it is, it is made once. */
export interface Sent {
	/** The `Idempotency-Key`. */
	readonly key: string;
	readonly body: NewEvent;
	/** What it was made of. */
	readonly values: EventValues;
	/** Epoch milliseconds. */
	readonly at: number;
}

const NAME = "sent";
/** An hour less than the server remembers a key. */
const KEY_LIFE_MS = 23 * 3_600_000;

/** The keys of what was sent since the page was loaded. */
const begun = new Set<string>();

/** @param at epoch milliseconds */
export function newSent(values: EventValues, at: number): Sent {
	// `crypto.randomUUID` is there on https and localhost only.
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
	begun.add(key);
	return { key, body: newEventOf(values), values, at };
}

/** Whether the page was left while it was on its way. */
export function isLeft({ key }: Sent): boolean {
	return !begun.has(key);
}

/** Whether the server still knows its key. */
export function isRepeatable({ at }: Sent, now: number): boolean {
	return now - at < KEY_LIFE_MS;
}

export function isSent(value: unknown): value is Sent {
	const { key, body, values, at } = Object(value) as Partial<Record<keyof Sent, unknown>>;
	return typeof key === "string" && typeof at === "number" && [body, values].every((one) => Object(one) === one);
}

/** Until it is answered, or given up. */
export function keepSent(sent: Sent): void {
	keep(NAME, [...allSent().filter(({ key }) => key !== sent.key), sent]);
}

export function forgetSent(key: string): void {
	const rest = allSent().filter((sent) => sent.key !== key);
	if (rest.length === 0) forget(NAME);
	else keep(NAME, rest);
}

let taken = false;

/** What the page was left with, before anything else is sent; nothing when it is asked for again. */
export function takeUnanswered(): readonly Sent[] {
	if (taken) return [];
	taken = true;
	return allSent();
}

function allSent(): readonly Sent[] {
	const all = kept(NAME);
	return Array.isArray(all) ? all.filter(isSent) : [];
}
