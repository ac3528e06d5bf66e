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
		serializers: { err: describeError },
		hooks: { streamWrite: redactText },
	};
	return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

const CAUSES = 4;

/**
 * What an error says, and its causes, without what libraries hang on it: whole connections, the values of a failed
 * statement.
 */
function describeError(error: unknown, depth = CAUSES): unknown {
	if (!(error instanceof Error)) return error;
	const inner = depth > 0 ? depth - 1 : null;
	return {
		type: error.name,
		message: error.message,
		stack: error.stack,
		...("code" in error && { code: error.code }),
		...(error.cause !== undefined && inner !== null && { cause: describeError(error.cause, inner) }),
		...(error instanceof AggregateError &&
			inner !== null && { errors: error.errors.map((one) => describeError(one, inner)) }),
	};
}
