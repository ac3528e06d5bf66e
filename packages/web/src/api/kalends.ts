import { Kalends } from "@kalends/client";
import { OPTIONS } from "./server.ts";

/** The server with a method for each endpoint; what is in the shell asks by `server`. */
export const kalends = new Kalends(OPTIONS);
