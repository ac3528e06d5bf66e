export { environmentFor } from "./cli.ts";
export { issueAccessToken, revokeGrant } from "./oauth/grants.ts";
export type { AccountOptions, ClientOptions, ConsentPolicy, QuotaLimits, SandboxOptions } from "./options.ts";
export { DEFAULT_CLIENT, KALENDS_CALLBACKS } from "./options.ts";
export { type Sandbox, startSandbox } from "./server.ts";
export { createAccount, createCalendar, listCalendar, share } from "./world/create-account.ts";
export type { World } from "./world/world.ts";
