import type { z } from "zod";
import { CommandFailure, EXIT } from "./failure.ts";

/** @throws CommandFailure naming every wrong argument */
export function validated<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const faults = result.error.issues.map((issue) => `${issue.path.join(".") || "argument"}: ${issue.message}`);
	throw new CommandFailure("usage", faults.join(" "), EXIT.usage);
}
