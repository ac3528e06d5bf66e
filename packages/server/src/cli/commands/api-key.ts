import type { Command } from "commander";
import { z } from "zod";
import { createApiKey } from "../../accounts/api-keys.ts";
import { userIdByEmail } from "../../accounts/directory.ts";
import { apiKeyToWire, scopeField } from "../../accounts/schemas.ts";
import { getUser } from "../../accounts/users.ts";
import { validated } from "../arguments.ts";
import { CommandFailure } from "../failure.ts";
import { report, type Terminal, withFoundation } from "../session.ts";

interface CreateOptions {
	readonly user: string;
	readonly name: string;
	readonly scope: readonly string[];
	readonly expiresInDays?: string;
	readonly json?: true;
}

const DAY_MS = 86_400_000;

export function apiKeyCommand(program: Command, terminal: Terminal): void {
	const apiKey = program.command("api-key").description("API keys");
	apiKey
		.command("create")
		.description("make an API key and print it, this one time")
		.requiredOption("--user <email>", "whose key")
		.option("--name <name>", "what it is for", "command line")
		.option("--scope <scopes...>", "what it may do: read, write, admin", ["read"])
		.option("--expires-in-days <days>", "end of its life (never)")
		.option("--json", "print JSON")
		.action(async (options: CreateOptions) => {
			const given = validated(KeyArguments, { ...options, scope: options.scope.flatMap((scope) => scope.split(",")) });
			const made = await withFoundation(async ({ services }) => {
				const userId = await userIdByEmail(services.db, options.user);
				if (userId === null) throw new CommandFailure("not_found", `There is no user ${options.user}.`);
				if (given.scope.includes("admin") && (await getUser(services.db, userId)).role !== "admin") {
					throw new CommandFailure(
						"insufficient_scope",
						`${options.user} is no administrator; leave the scope admin out.`,
					);
				}
				const days = given.expiresInDays;
				return createApiKey(services, {
					userId,
					name: given.name,
					scopes: given.scope,
					expiresAt: days === undefined ? null : new Date(services.now() + days * DAY_MS),
				});
			});
			report(terminal, options.json === true, { ...apiKeyToWire(made), key: made.key }, made.key);
		});
}

const KeyArguments = z.object({
	name: z.string().trim().min(1).max(100),
	scope: z.array(scopeField).min(1),
	expiresInDays: z.coerce.number().int().min(1).max(36_500).optional(),
});
