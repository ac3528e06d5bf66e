import { z } from "zod";
import type { EndpointReply } from "../http/endpoint.ts";
import type { FieldFault } from "../http/errors.ts";
import { UNKNOWN_FIELD } from "../http/validation.ts";

/** `{"end_time": ["The end must be after the start."]}`: what the older interfaces answer in place of a problem. */
export const FieldMessagesSchema = z
	.record(z.string(), z.array(z.string()))
	.describe("What is wrong, by field; `non_field_errors` for what is of no field.")
	.meta({ id: "FieldMessages" });

const NAMES: Readonly<Record<string, string>> = {
	start: "start_time",
	end: "end_time",
	body: "non_field_errors",
};

/** The older name of a field of /v1: `start.time_zone` is `time_zone`, `participants[0].email` is `participants`. */
export function olderField(field: string): string {
	const [root = "", part] = field.split(/[.[]/);
	return part === "time_zone" ? part : (NAMES[root] ?? root);
}

/** For `Endpoint.tellFaults`. */
export function tellFields(faults: readonly FieldFault[]): EndpointReply {
	const messages = new Map<string, Set<string>>();
	for (const { field, detail } of faults) {
		const name = detail === UNKNOWN_FIELD ? field : olderField(field);
		messages.set(name, (messages.get(name) ?? new Set()).add(detail));
	}
	return { status: 400, body: Object.fromEntries([...messages].map(([name, texts]) => [name, [...texts]])) };
}
