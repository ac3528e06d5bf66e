import type { Endpoint } from "../http/endpoint.ts";
import { followChanges } from "./follow-changes.ts";

export const streamEndpoints: readonly Endpoint[] = [followChanges];
