export * from "./contract.ts";
export * from "./feed-server.ts";
export * from "./fixture-events.ts";
export type * from "./harness.ts";
export * from "./memory-provider.ts";
export * from "./node-transport.ts";
export * from "./radicale.ts";
export type { RealServer } from "./real-server.ts";
export * from "./xandikos.ts";
