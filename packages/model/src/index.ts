export * from "./event/event.ts";
