import { Kalends } from "@kalends/client";
import { createStore } from "../ui/store.ts";

/** Whether the session has ended while the app was open: it is then asked for in place. */
export const sessionEnded = createStore(false);

/** The server that delivered this page; the only way to it. */
export const kalends = new Kalends({ onUnauthorized: () => sessionEnded.set(true) });
