import { textField } from "./text-field.ts";

/** `title`: SUMMARY (RFC 5545 §3.8.1.12). */
export const summary = textField("title", "SUMMARY");
