import type { Endpoint } from "../http/endpoint.ts";
import { showSetup } from "./show-setup.ts";

export const setupEndpoints: readonly Endpoint[] = [showSetup];
