import { textField } from "./text-field.ts";

/** `description`: DESCRIPTION (RFC 5545 §3.8.1.5); Outlook's X-ALT-DESC is its HTML variant. */
export const description = textField("description", "DESCRIPTION", ["X-ALT-DESC"]);
