import type { z } from "zod";
import { faultSentence } from "../http/fault-sentence.ts";
import { CommandFailure, EXIT } from "./failure.ts";

/** @throws CommandFailure naming every wrong argument */
export function validated<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
	const result = schema.safeParse(value, { error: faultSentence });
	if (result.success) return result.data;
	const faults = result.error.issues.map(({ path: [name], message }) => `${asTyped(String(name ?? ""))}: ${message}`);
	throw new CommandFailure("usage", faults.join(" "), EXIT.usage);
}

/** The name of an option as one types it; the arguments of commands have names of one word. */
function asTyped(name: string): string {
	return ARGUMENTS.has(name) ? name : `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const ARGUMENTS: ReadonlySet<string> = new Set(["email"]);
