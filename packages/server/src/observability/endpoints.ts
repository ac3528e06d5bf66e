import type { Endpoint } from "../http/endpoint.ts";
import { health } from "./health.ts";
import { readiness } from "./readiness.ts";
import { showMetrics } from "./show-metrics.ts";

/** Served by every process, whatever its roles. */
export const operationEndpoints: readonly Endpoint[] = [health, readiness, showMetrics];
