export { excludedKeys, withExclusions, withoutExclusions } from "./edit/exclusions.ts";
export { occurrencesTouched } from "./edit/occurrences-touched.ts";
export { plainInstance } from "./edit/plain-instance.ts";
export * from "./edit/plan.ts";
export { planEdit } from "./edit/plan-edit.ts";
export { dateLine } from "./edit/series.ts";
export { blankEvent } from "./event/blank-event.ts";
export * from "./event/event.ts";
export { conferenceProvider } from "./icalendar/fields/conference.ts";
export { readRecurrence } from "./icalendar/fields/recurrence.ts";
export { isWebUri } from "./icalendar/fields/uri-value.ts";
export { parseCalendar } from "./icalendar/parse.ts";
export type { ParsedCalendar, ParsedGroup, ParseOptions } from "./icalendar/parsed-calendar.ts";
export { CalendarSyntaxError, type CalendarSyntaxReason } from "./icalendar/syntax-error.ts";
export { type WriteInput, writeCalendar } from "./icalendar/write.ts";
export { followMade } from "./merge/follow-made.ts";
export type * from "./merge/lost-edit.ts";
export { mergeResource } from "./merge/merge-resource.ts";
export { sameContent } from "./merge/same-content.ts";
export { hasSlot } from "./merge/series.ts";
export { pushDelay } from "./push/backoff.ts";
export { MAX_EXCHANGES, planAnswer } from "./push/plan-answer.ts";
export { mayBeOlder, planPush, waitVerdict } from "./push/plan-push.ts";
export type * from "./push/push-types.ts";
export { putBack, refusesToMake, type SeriesCut } from "./push/put-back.ts";
export { lookAgain, rebaseIntents, settleIntents } from "./push/rebase-intents.ts";
export { seededRandom } from "./random.ts";
export { assessRule, assessSeries, type RuleCost } from "./recurrence/assess.ts";
export { type SeriesBounds, seriesBounds } from "./recurrence/bounds.ts";
export {
	type CheckedRecurrence,
	checkRecurrence,
	type RecurrenceCheck,
	type RecurrenceLineFault,
} from "./recurrence/check-lines.ts";
export {
	DEFAULT_LIMITS,
	type Expansion,
	type ExpansionLimits,
	type ExpansionOptions,
	expandSeries,
	expandStartOnly,
	type Series,
} from "./recurrence/expand.ts";
export { originalStartKey, parseOriginalStartKey } from "./recurrence/keys.ts";
export type { ExpansionProblem, ExpansionProblemCode } from "./recurrence/problem.ts";
export { changedFields, contentHash } from "./sync/content.ts";
export * from "./sync/plan-slice.ts";
export { type ValveInput, type ValveVerdict, valve } from "./sync/valve.ts";
export * from "./time/duration.ts";
export * from "./time/event-time.ts";
export { ianaName, ianaZone } from "./time/iana.ts";
export { type ResolvedZone, resolveTzid, type TzidContext, type ZoneDefinition } from "./time/resolve-tzid.ts";
export { customZone } from "./time/vtimezone.ts";
export * from "./time/wall-clock.ts";
export type { Zone } from "./time/zone.ts";
