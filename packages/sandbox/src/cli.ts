import { parseArgs } from "node:util";
import { type ConsentPolicy, DEFAULT_CLIENT, type SandboxOptions } from "./options.ts";
import { type Sandbox, startSandbox } from "./server.ts";

const USAGE = `Usage: kalends sandbox [options]

A local Google: consent page, tokens, Calendar API v3 and push, with faults on demand. No credentials are needed, and
nothing outlives the process.

  --port <number>          where to listen (4010); 0 takes a free one
  --host <address>         (127.0.0.1)
  --public-url <origin>    under which clients reach it, where that differs
  --empty                  without the demo's accounts and events
  --account <address>      a further account; again for several
  --client-id <id>         (${DEFAULT_CLIENT.clientId})
  --client-secret <text>   (${DEFAULT_CLIENT.clientSecret})
  --redirect-uri <address> registered beside those of Kalends on localhost:3000; again for several
  --consent <ask|allow|deny>  who answers the consent page: you, or the sandbox at once (ask)
  --now <instant>          when it begins, RFC 3339 (now); time goes on from there
  --json                   print where it is as JSON
  --help
`;

const FIRST_PORT = 4010;

/** What a command line asks for. */
export type Asked =
	| { readonly kind: "help" }
	| { readonly kind: "wrong"; readonly message: string }
	| { readonly kind: "start"; readonly options: SandboxOptions; readonly json: boolean };

/** @param now epoch milliseconds of the machine */
function readArguments(args: readonly string[], now: () => number): Asked {
	let values: ReturnType<typeof parse>;
	try {
		values = parse(args);
	} catch (error) {
		return { kind: "wrong", message: error instanceof Error ? error.message : String(error) };
	}
	if (values.help === true) return { kind: "help" };
	const faults: string[] = [];
	const port = Number(values.port ?? FIRST_PORT);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) faults.push("--port must be a number from 0 to 65535.");
	const consent = consentOf(values.consent ?? "ask");
	if (consent === null) faults.push("--consent must be ask, allow or deny.");
	const begins = values.now === undefined ? null : Date.parse(values.now);
	if (begins !== null && Number.isNaN(begins)) faults.push("--now must be an instant such as 2026-12-07T08:00:00Z.");
	const publicUrl = values["public-url"];
	const addresses = [...(publicUrl === undefined ? [] : [publicUrl]), ...(values["redirect-uri"] ?? [])];
	for (const address of addresses) if (!URL.canParse(address)) faults.push(`${address} is no address.`);
	if (faults.length > 0 || consent === null) return { kind: "wrong", message: faults.join(" ") };
	const ahead = begins === null ? 0 : begins - now();
	return {
		kind: "start",
		json: values.json === true,
		options: {
			port,
			...(values.host === undefined ? {} : { host: values.host }),
			...(publicUrl === undefined ? {} : { publicUrl: new URL(publicUrl).origin }),
			now: () => now() + ahead,
			...(values.empty === true ? {} : { seed: "demo" as const }),
			accounts: (values.account ?? []).map((email) => ({ email })),
			clients: [
				{
					...DEFAULT_CLIENT,
					clientId: values["client-id"] ?? DEFAULT_CLIENT.clientId,
					clientSecret: values["client-secret"] ?? DEFAULT_CLIENT.clientSecret,
					redirectUris: [...DEFAULT_CLIENT.redirectUris, ...(values["redirect-uri"] ?? [])],
				},
			],
			consent,
		},
	};
}

function parse(args: readonly string[]) {
	return parseArgs({
		args: [...args],
		options: {
			port: { type: "string" },
			host: { type: "string" },
			"public-url": { type: "string" },
			empty: { type: "boolean" },
			account: { type: "string", multiple: true },
			"client-id": { type: "string" },
			"client-secret": { type: "string" },
			"redirect-uri": { type: "string", multiple: true },
			consent: { type: "string" },
			now: { type: "string" },
			json: { type: "boolean" },
			help: { type: "boolean" },
		},
	}).values;
}

function consentOf(text: string): ConsentPolicy | null {
	if (text === "ask" || text === "allow" || text === "deny") return { mode: text };
	return null;
}

/** The environment of a Kalends, or of anything with the same variables, that takes this sandbox for Google. */
export function environmentFor({ url, world }: Sandbox): Readonly<Record<string, string>> {
	const [client] = world.oauth.clients.values();
	return {
		GOOGLE_CLIENT_ID: client?.clientId ?? "",
		GOOGLE_CLIENT_SECRET: client?.clientSecret ?? "",
		GOOGLE_ISSUER: url,
		GOOGLE_API_URL: url,
	};
}

/** Runs until SIGINT or SIGTERM. Sets the exit code: 2 for wrong arguments, 4 where the port is taken, else 1. */
export async function runSandbox(args: readonly string[]): Promise<void> {
	const asked = readArguments(args, Date.now);
	if (asked.kind === "help") return void process.stdout.write(USAGE);
	if (asked.kind === "wrong") {
		process.stderr.write(`${asked.message}\nAdd --help to see how it is used.\n`);
		process.exitCode = 2;
		return;
	}
	let sandbox: Sandbox;
	try {
		sandbox = await startSandbox(asked.options);
	} catch (error) {
		const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
		const reason = error instanceof Error ? error.message : String(error);
		process.stderr.write(
			taken ? `Port ${asked.options.port} is taken: choose another one by --port.\n` : `${reason}\n`,
		);
		process.exitCode = taken ? 4 : 1;
		return;
	}
	process.stdout.write(asked.json ? `${JSON.stringify(readyFacts(sandbox))}\n` : welcome(sandbox));
	const stop = (): void => void sandbox.close();
	process.once("SIGINT", stop).once("SIGTERM", stop);
}

function readyFacts(sandbox: Sandbox) {
	const accounts = [...sandbox.world.accounts.values()].map(({ email }) => email);
	return { url: sandbox.url, control: `${sandbox.url}/_sandbox`, accounts, environment: environmentFor(sandbox) };
}

function welcome(sandbox: Sandbox): string {
	const { control, accounts, environment } = readyFacts(sandbox);
	const variables = Object.entries(environment).map(([name, value]) => `  ${name}=${value}`);
	return `The sandbox of Google Calendar is ready at ${sandbox.url}
Accounts: ${accounts.join(", ") || "none yet"}
Faults, data and what was asked of it: ${control}

Start Kalends with

${variables.join("\n")}

or point any other client there. docs/sandbox.md tells how.
`;
}
