import type { CalendarEvent, EventDateTime } from "../../event/event.ts";
import { originalStartKey } from "../../recurrence/keys.ts";
import { between, event, starts, zoned } from "../../recurrence/testing/series.ts";
import type { EditPlan, EventPatch } from "../plan.ts";
import { expand, plan } from "./series.ts";

export const BERLIN = "Europe/Berlin";
export const ALL = between("2020-01-01", "2030-01-01");

/** Mondays at 09:00 in Berlin from 2 March 2026; the clock changes on 29 March. */
export const weekly = (lines: readonly string[], parts: Partial<CalendarEvent> = {}): CalendarEvent =>
	event({ start: zoned("2026-03-02T09:00:00", BERLIN), recurrence: lines, ...parts });

export const override = (slot: string, start: string, parts: Partial<CalendarEvent> = {}): CalendarEvent =>
	event({ start: zoned(start, BERLIN), recurrence_id: zoned(slot, BERLIN), title: "Own", ...parts });

export const patch = (
	events: readonly CalendarEvent[],
	target: EventDateTime | null,
	scope: "this" | "following" | "all" | null,
	changes: EventPatch,
): EditPlan =>
	plan(events, {
		target: target === null ? null : originalStartKey(target),
		scope,
		change: { type: "patch", patch: changes },
	});

export const remove = (
	events: readonly CalendarEvent[],
	target: EventDateTime | null,
	scope: "this" | "following" | "all" | null,
): EditPlan =>
	plan(events, { target: target === null ? null : originalStartKey(target), scope, change: { type: "delete" } });

export const shown = (events: readonly CalendarEvent[] | null): string[] => starts(expand(events, ALL));
export const linesOf = (events: readonly CalendarEvent[] | null): readonly string[] | null | undefined =>
	events?.[0]?.recurrence;
export const codes = (of: EditPlan): string[] => (of.type === "refused" ? of.faults.map(({ code }) => code) : []);
