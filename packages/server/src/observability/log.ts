import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "../config.ts";
import { redactFields, redactText } from "./redact.ts";

/**
 * Structured logs, one JSON object a line, on standard output unless told otherwise.
 * Two nets against secrets: fields by their name, and the finished line by what secrets look like.
 */
export function createLogger(options: { readonly level: LogLevel; readonly destination?: DestinationStream }): Logger {
	const settings = {
		level: options.level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: {
			level: (label: string) => ({ level: label }),
			log: (fields: Record<string, unknown>) => redactFields(fields),
		},
		hooks: { streamWrite: redactText },
	};
	return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
