import type { CalendarEvent } from "@kalends/client";
import { createStore } from "../../ui/store.ts";
import type { EventValues } from "./form/values.ts";
import { forget, keep, kept, keptText } from "./kept.ts";
import { isSent, type Sent } from "./sent.ts";

/** What was typed and not saved. */
export interface Draft {
	readonly values: EventValues;
	/** The event that it changes, as it was then: what others changed meanwhile is told when it is saved. Null: it is new. */
	readonly base: CalendarEvent | null;
	/** Taken along from a smaller form, rather than come upon again. */
	readonly handedOver?: boolean;
	/** The new event that was made of it or of what was typed before, where the answer has not come. */
	readonly sent?: Sent | null;
}

/** Of the form at `/calendar/new`. */
export const NEW = "new";

/** Counts how often that form was given something else than what is typed in it. */
export const handovers = createStore(0);

/** @returns what `dropDraft` knows it by */
export function keepDraft(id: string, draft: Draft): string {
	return keep(id, draft);
}

/** @param like values of the same shape: what lacks one of their fields is of another version, and left aside */
export function readDraft(id: string, like: EventValues): Draft | null {
	return draftOf(kept(id), like);
}

/** How the draft that is there now is known; null: there is none. */
export function draftMark(id: string): string | null {
	return keptText(id);
}

/** @param mark of the one that is meant: another that took its place stays */
export function dropDraft(id: string, mark: string | null = draftMark(id)): void {
	if (draftMark(id) === mark) forget(id);
}

/** What is typed goes on in the form at `/calendar/new`; what that has not saved is set aside. */
export function handOver(values: EventValues): void {
	const before = draftOf(kept(NEW), values);
	if (before !== null && isWorthKeeping(before) && JSON.stringify(before.values) !== JSON.stringify(values)) {
		keepAside([before, ...setAside(values)]);
	}
	keepDraft(NEW, { values, base: null, handedOver: true });
	handovers.set((count) => count + 1);
}

/** What was set aside, the last first. @param like as for `readDraft` */
export function setAside(like: EventValues): readonly Draft[] {
	const all = kept(ASIDE);
	return Array.isArray(all) ? all.flatMap((one) => draftOf(one, like) ?? []) : [];
}

/** It changes places with what is in the form. */
export function takeUp(draft: Draft): void {
	const { values } = draft;
	const now = draftOf(kept(NEW), values);
	const rest = setAside(values).filter((one) => !isSame(one, draft));
	keepAside(now === null || !isWorthKeeping(now) ? rest : [now, ...rest]);
	keepDraft(NEW, { ...draft, handedOver: true });
	handovers.set((count) => count + 1);
}

export function dropAside(draft: Draft): void {
	keepAside(setAside(draft.values).filter((one) => !isSame(one, draft)));
}

/** It was made: what it was made of is no longer kept for later. */
export function dropSentAside({ key, values }: Sent): void {
	keepAside(setAside(values).filter(({ sent }) => sent?.key !== key));
}

const ASIDE = "aside";
const MADE = "made";

/** What is typed at `/calendar/new` is a change of this event by now. @returns ends that */
export function noteMade(eventId: string): () => void {
	keep(MADE, eventId);
	return () => forget(MADE);
}

/** Of which event it was when the page was left, once; null: of none. */
export function takeMade(): string | null {
	const id = kept(MADE);
	forget(MADE);
	return typeof id === "string" ? id : null;
}

function keepAside(drafts: readonly Draft[]): void {
	if (drafts.length === 0) forget(ASIDE);
	else keep(ASIDE, drafts);
}

function draftOf(value: unknown, like: EventValues): Draft | null {
	const { values, base = null, handedOver = false, sent } = Object(value) as Partial<Draft>;
	if (values === undefined || !Object.keys(like).every((field) => field in values)) return null;
	return { values, base, handedOver, sent: isSent(sent) ? sent : null };
}

/** Times and choices are made again at once; words are not. */
function isWorthKeeping({ values: { title, description, location, guests, guestText, conference } }: Draft): boolean {
	return guests.length > 0 || [title, description, location, guestText, conference.url].some((text) => text !== "");
}

function isSame(one: Draft, other: Draft): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
