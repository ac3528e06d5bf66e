import {
	DEFAULT_CLIENT,
	environmentFor,
	KALENDS_CALLBACKS,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from "@kalends/sandbox";
import { freePort } from "../../packages/server/src/testing/command-line.ts";
import { type ConnectionBody, type ListBody, untilSynced } from "./api.ts";
import { type Browser, openBrowser, type Page } from "./browser.ts";
import type { Client } from "./client.ts";
import { type Kalends, type KalendsOptions, startKalends } from "./kalends.ts";
import { until } from "./until.ts";

export const ADA = "ada@example.com";

/** Kalends whose Google is a sandbox in this process. */
export interface WithGoogle {
	readonly kalends: Kalends;
	readonly google: Sandbox;
	/** What another client of Google's API would do in an account's name; answers the body. */
	inGoogle<T = Record<string, unknown>>(method: string, path: string, body?: unknown, email?: string): Promise<T>;
	/** The control API. */
	control<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
	stop(): Promise<void>;
}

export async function startWithGoogle(sandbox: SandboxOptions, options: KalendsOptions = {}): Promise<WithGoogle> {
	const port = options.port ?? (await freePort());
	const redirectUris = KALENDS_CALLBACKS.map((path) => `http://127.0.0.1:${port}${path}`);
	const google = await startSandbox({ clients: [{ ...DEFAULT_CLIENT, redirectUris }], ...sandbox });
	const env = { KALENDS_URL: `http://127.0.0.1:${port}`, ...environmentFor(google), ...options.env };
	const kalends = await startKalends({ ...options, port, env });
	const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
		const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
		const answer = await fetch(`${google.url}/_sandbox${path}`, init);
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
		return (text === "" ? undefined : JSON.parse(text)) as T;
	};
	return {
		kalends,
		google,
		control,
		inGoogle: (method, path, body, email = ADA) => control(method, `/as/${encodeURIComponent(email)}/${path}`, body),
		async stop() {
			await kalends.dispose();
			await google.close();
		},
	};
}

export interface Consenting {
	readonly email?: string;
	readonly access?: "read" | "write";
	/** Scopes to untick. */
	readonly untick?: readonly string[];
	readonly cancel?: boolean;
	readonly browser?: Browser;
}

/** Goes from Kalends to the consent page, chooses an account, and comes back; answers the page that it ends on. */
export async function consent(client: Client, choice: Consenting = {}): Promise<Page> {
	const { email = ADA, access = "write", untick = [], cancel = false, browser = openBrowser() } = choice;
	const { authorization_url } = await client.request<{ authorization_url: string }>(
		"POST",
		"/v1/connections/authorize",
		{ provider: "google", access },
	);
	let page = await browser.open(authorization_url);
	if (page.title === "Choose an account") page = await browser.press(page, { name: "account", value: email });
	return browser.press(page, { name: "do", value: cancel ? "cancel" : "allow" }, { untick });
}

/** Connects and waits for the first sync. */
export async function connectGoogle(client: Client, choice: Consenting = {}): Promise<string> {
	const page = await consent(client, choice);
	if (page.status !== 200) throw new Error(`the consent ended with ${page.status} at ${page.url}:\n${page.html}`);
	const { data } = await client.request<ListBody<ConnectionBody & { account: string }>>("GET", "/v1/connections");
	const connection = data.find(({ account }) => account === (choice.email ?? ADA));
	if (connection === undefined) throw new Error("there is no connection after the consent");
	// A first sync that did not get through is tried again.
	await until("a sync after the consent", async () => (await untilSynced(client, connection.id)).state === "done");
	return connection.id;
}
