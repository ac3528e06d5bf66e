import { createStore } from "../ui/store.ts";

/** `paused`: no connection for half a minute, so what is shown may be old. */
export const liveState = createStore<"connecting" | "live" | "paused">("connecting");
