import type { Fault, FaultInput } from "../faults/faults.ts";
import type { JsonObject } from "../json.ts";
import { Fields } from "./fields.ts";

const KINDS: readonly Fault["kind"][] = ["status", "drop", "lose_answer", "latency", "truncate"];

/** @throws ControlFault */
export function readFault(body: JsonObject): FaultInput {
	const fields = new Fields(body);
	const kind = fields.choice("kind", KINDS);
	if (kind === undefined && !fields.has("kind")) fields.fault("kind", `one of ${KINDS.join(", ")}`);
	const common = {
		path: fields.text("path"),
		method: fields.text("method"),
		rate: fields.number("rate", 0, 1),
		count: fields.count("count", 1, 1_000_000),
		skip: fields.count("skip", 0, 1_000_000),
		seed: fields.count("seed", 0, 4_294_967_295),
	};
	const fault = readKind(fields, kind);
	fields.done();
	return { ...withoutUndefined(common), ...fault };
}

function readKind(fields: Fields, kind: Fault["kind"] | undefined): Fault {
	if (kind === "latency") {
		const milliseconds = fields.number("milliseconds", 0, 600_000) ?? missing(fields, "milliseconds");
		return { kind, milliseconds };
	}
	if (kind !== "status") return { kind: kind ?? "drop" };
	const status = fields.count("status", 400, 599) ?? missing(fields, "status");
	const reason = fields.text("reason");
	const retryAfter = fields.count("retryAfter", 0, 86_400);
	return { kind, status, ...withoutUndefined({ reason, retryAfter }) };
}

function missing(fields: Fields, name: string): number {
	if (!fields.has(name)) fields.fault(name, "given");
	return 0;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

export function withoutUndefined<T extends object>(value: T): Defined<T> {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
