import { ProviderFailure } from "@kalends/providers";
import type { Command } from "commander";
import { openNetwork } from "../../network.ts";
import { type Difference, type Verification, verifyConnection } from "../../sync/verify.ts";
import { CommandFailure, EXIT } from "../failure.ts";
import { report, type Terminal, withFoundation } from "../session.ts";

interface Verified extends Verification {
	readonly connection_id: string;
	readonly name: string;
	/** Why it could not be compared; null when it was. */
	readonly error: string | null;
}

export function verifyCommand(program: Command, terminal: Terminal): void {
	program
		.command("verify")
		.description("fetch everything anew and compare it with the stored copy; writes nothing")
		.argument("[connections...]", "ids of connections (all of all users)")
		.option("--json", "print JSON")
		.action(async (ids: string[], options: { json?: true }) => {
			const verified = await verifyAll(ids);
			report(
				terminal,
				options.json === true,
				{ connections: verified },
				verified.map(describe).join("\n") || "There are no connections.",
			);
			const sound = verified.every((one) => one.error === null && one.differences.length === 0);
			process.exitCode = sound ? EXIT.done : EXIT.failed;
		});
}

function verifyAll(ids: readonly string[]): Promise<readonly Verified[]> {
	return withFoundation(async ({ services }) => {
		const network = openNetwork(services.config);
		try {
			// The operator's view: connections of every user.
			const all = await services.db.selectFrom("connections").select(["user_id", "id", "name"]).orderBy("id").execute();
			const unknown = ids.find((id) => !all.some((connection) => connection.id === id));
			if (unknown !== undefined) throw new CommandFailure("not_found", `There is no connection ${unknown}.`);
			const verified: Verified[] = [];
			for (const { user_id, id, name } of all) {
				if (ids.length > 0 && !ids.includes(id)) continue;
				const outcome = await verifyConnection({ ...services, ...network }, user_id, id).then(
					(verification) => ({ ...verification, error: null }),
					asError,
				);
				verified.push({ connection_id: id, name, ...outcome });
			}
			return verified;
		} finally {
			await network.http.close();
		}
	});
}

function asError(error: unknown): Verification & { readonly error: string } {
	if (!(error instanceof ProviderFailure)) throw error;
	return { calendars: 0, events: 0, pending: 0, differences: [], error: `${error.reason}: ${error.message}` };
}

function describe({ connection_id, name, calendars, events, pending, differences, error }: Verified): string {
	const who = `${connection_id} (${name})`;
	if (error !== null) return `${who}: cannot be compared, ${error}`;
	const found = differences.length === 0 ? "the same" : `${differences.length} differences`;
	const unsent = pending === 0 ? "" : `; ${pending} changes made here are not there yet`;
	return [
		`${who}: ${events} events in ${calendars} calendars, ${found}${unsent}`,
		...differences.map(describeDifference),
	].join("\n");
}

function describeDifference({ kind, calendarName, uid, originalStart, title, fields }: Difference): string {
	const instance = originalStart === null ? "" : ` at ${originalStart}`;
	const which = fields.length === 0 ? "" : `: ${fields.join(", ")}`;
	return `  ${kind} in ${calendarName}: ${title || "(no title)"} [${uid}${instance}]${which}`;
}
