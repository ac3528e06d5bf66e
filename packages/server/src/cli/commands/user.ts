import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import type { Command } from "commander";
import { z } from "zod";
import { emailField, passwordField, personNameField, userToWire } from "../../accounts/schemas.ts";
import { timeZoneField } from "../../accounts/time-zone-field.ts";
import { createUser, hasUsers } from "../../accounts/users.ts";
import { validated } from "../arguments.ts";
import { CommandFailure, EXIT } from "../failure.ts";
import { report, type Terminal, withFoundation } from "../session.ts";

interface AddOptions {
	readonly name?: string;
	readonly admin?: true;
	readonly timeZone?: string;
	readonly password: string | boolean;
	readonly passwordStdin?: true;
	readonly json?: true;
}

export function userCommand(program: Command, terminal: Terminal): void {
	const user = program.command("user").description("people");
	user
		.command("add")
		.description("make an account; the first one becomes administrator")
		.argument("<email>")
		.option("--name <name>", "name to show")
		.option("--admin", "make an administrator")
		.option("--time-zone <zone>", "IANA time zone, such as Europe/Berlin")
		.option("--password <password>", "password (other users of this machine can see it; better --password-stdin)")
		.option("--password-stdin", "read the password from standard input")
		.option("--no-password", "nobody signs in as this user; an administrator's API key acts for them")
		.option("--json", "print JSON")
		.action(async (email: string, options: AddOptions) => {
			const given = validated(NewUserArguments, {
				email,
				password: await passwordFrom(options),
				name: options.name,
				timeZone: options.timeZone,
			});
			const made = await withFoundation(async ({ services }) => {
				const first = !(await hasUsers(services.db));
				return createUser(services, { ...given, role: first || options.admin === true ? "admin" : "user" });
			});
			report(terminal, options.json === true, userToWire(made), `Made ${made.role} ${made.email} (${made.id}).`);
		});
}

const NewUserArguments = z.object({
	email: emailField,
	password: passwordField.nullable(),
	name: personNameField.optional(),
	timeZone: timeZoneField.optional(),
});

async function passwordFrom(options: AddOptions): Promise<string | null> {
	if (options.password === false) return null;
	if (typeof options.password === "string") return options.password;
	if (options.passwordStdin === true) return (await readAll(process.stdin)).split(/\r?\n/)[0] ?? "";
	if (process.stdin.isTTY) return askInSecret("Password: ");
	throw new CommandFailure(
		"usage",
		"There is no terminal to ask for the password. Use --password-stdin or --no-password.",
		EXIT.usage,
	);
}

async function askInSecret(question: string): Promise<string> {
	process.stderr.write(question);
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
	try {
		return await lines.question("");
	} finally {
		lines.close();
		process.stderr.write("\n");
	}
}
