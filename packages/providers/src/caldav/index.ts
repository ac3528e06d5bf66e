export type { CaldavOptions, DnsResolver, SrvRecord } from "./options.ts";
export { caldavProvider } from "./provider.ts";
