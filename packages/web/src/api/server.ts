import { KalendsCore, type KalendsOptions } from "@kalends/client";
import { createStore } from "../ui/store.ts";

/** Whether the session has ended while the app was open: it is then asked for in place. */
export const sessionEnded = createStore(false);

/** The server that delivered this page; there is no other. */
export const OPTIONS: KalendsOptions = { onUnauthorized: () => sessionEnded.set(true) };

/** What every page asks of it; `kalends` knows more, and is loaded with the pages that need it. */
export const server = new KalendsCore(OPTIONS);
