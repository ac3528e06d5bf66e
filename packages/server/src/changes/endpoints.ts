import { listChanges } from "./list-changes.ts";

export const changeEndpoints = [listChanges] as const;
