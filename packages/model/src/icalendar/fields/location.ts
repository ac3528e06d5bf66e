import { textField } from "./text-field.ts";

/** `location`: LOCATION (RFC 5545 §3.8.1.7); Apple's X-APPLE-STRUCTURED-LOCATION is its map variant. */
export const location = textField("location", "LOCATION", ["X-APPLE-STRUCTURED-LOCATION"]);
