export * from "./caldav/index.ts";
export { type IcsOptions, icsProvider } from "./ics/ics-provider.ts";
export * from "./port/failure.ts";
export * from "./port/http.ts";
export * from "./port/oauth.ts";
export * from "./port/provider.ts";
export * from "./port/push.ts";
export * from "./port/writer.ts";
