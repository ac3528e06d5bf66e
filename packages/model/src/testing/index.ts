/** Helpers for tests of this package and of those that build on it. */
export * from "../event/testing/guest.ts";
export * from "../recurrence/testing/hostile.ts";
export * from "../recurrence/testing/series.ts";
