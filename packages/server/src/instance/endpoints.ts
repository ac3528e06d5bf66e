import type { Endpoint } from "../http/endpoint.ts";
import { showInstance } from "./show-instance.ts";

export const instanceEndpoints: readonly Endpoint[] = [showInstance];
