export * from "./node-transport.ts";
export * from "./radicale.ts";
