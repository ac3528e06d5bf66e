import type { ColumnType, Generated } from "kysely";
import type { BigInt8 } from "./columns.ts";

export type RunTrigger = "first" | "poll" | "push" | "manual" | "write";
export type RunState = "running" | "done" | "failed" | "paused";

export interface RunsTable {
	user_id: string;
	id: string;
	connection_id: string;
	trigger: RunTrigger;
	state: RunState;
	created: Generated<number>;
	updated: Generated<number>;
	deleted: Generated<number>;
	requests: Generated<number>;
	error: ColumnType<RunError | null, string | null, string | null>;
	/** Somebody joined this run after it began: go round once more before ending. */
	rerun: Generated<boolean>;
	fence: Generated<BigInt8>;
	claimed_until: Date | null;
	started_at: Date;
	finished_at: Date | null;
}

export interface RunError {
	code: string;
	detail: string;
	fix: string | null;
}

export interface ChangeCountersTable {
	user_id: string;
	last_seq: Generated<BigInt8>;
	pruned_to: Generated<BigInt8>;
}

export interface ChangesTable {
	user_id: string;
	seq: BigInt8;
	at: Date;
	type: string;
	entity_id: string;
	calendar_id: string | null;
	fields: ColumnType<string[] | null, string | null, string | null>;
}
