import { ProviderFailure } from "../../port/failure.ts";
import type { ConnectInput, Credentials, Discovered, ProviderContext } from "../../port/provider.ts";
import type { PasswordCredentials } from "../auth/authenticator.ts";
import type { CredentialPolicy } from "../auth/credential-policy.ts";
import { toRemoteCalendars } from "../calendars/list.ts";
import type { CaldavOptions, Preset } from "../options.ts";
import { sendsInvitations } from "../scheduling.ts";
import { Session } from "../session.ts";
import { type AccountSettings, toSettings } from "../settings.ts";
import {
	candidatesOf,
	guessesOf,
	parseAddress,
	planForDomain,
	type SearchPlan,
	type TypedAddress,
	withoutEncryption,
} from "./addresses.ts";
import { type Account, discover } from "./discover.ts";

type ConnectContext = Omit<ProviderContext, "credentials" | "settings">;

interface Found {
	readonly account: Account;
	readonly session: Session;
	readonly credentials: PasswordCredentials | null;
	readonly home: URL;
}

/** Finds the account from what a person typed. Every request of the search is a real login. */
export async function connectAccount(
	input: ConnectInput,
	context: ConnectContext,
	options: CaldavOptions,
	preset: Preset,
): Promise<Discovered> {
	const address = parseAddress(addressOf(input, preset));
	const credentials = credentialsOf(input, address);
	const plans = await searchPlans(address, context, options, preset);
	const found = await firstFound(plans, (plan) => search(plan, credentials, context, options, preset));
	return toDiscovered(found, context.now(), preset);
}

/** The search of an account that is connected already, at the address where it was found. */
export async function rediscover(settings: AccountSettings, session: Session): Promise<AccountSettings> {
	const candidates = [new URL(settings.found), ...candidatesOf(new URL(settings.server))];
	const account = await discover(session, candidates);
	const found = accountSettings(account, new URL(settings.server), session);
	// A home that is known and still named has not gone; it may answer again.
	const silent = account.silent.map(({ href }) => href).filter((home) => settings.homeSets.includes(home));
	return { ...found, homeSets: [...found.homeSets, ...silent] };
}

export function policyOf(home: URL, options: CaldavOptions, preset: Preset): CredentialPolicy {
	return { home, trustedHost: options.trustedHost ?? (() => false), operatorUrl: preset.serverUrl };
}

function addressOf(input: ConnectInput, preset: Preset): string {
	if (preset.id === "icloud" && preset.serverUrl !== null) return preset.serverUrl.href;
	const typed = input.url?.trim() || preset.serverUrl?.href;
	if (typed) return typed;
	if (input.username?.includes("@")) return input.username;
	throw new ProviderFailure("invalid", {
		reason: "address_not_found",
		message: "a server address is needed, like https://calendar.example.org/",
	});
}

function credentialsOf(input: ConnectInput, address: TypedAddress): PasswordCredentials | null {
	const email = address.emailDomain === null ? undefined : input.url?.trim().replace(/^mailto:/i, "");
	const username = input.username?.trim() || address.username || email || "";
	const password = input.password || address.password || "";
	if (username === "" && password === "") return null;
	return { username, password };
}

async function searchPlans(
	address: TypedAddress,
	context: ConnectContext,
	options: CaldavOptions,
	preset: Preset,
): Promise<readonly SearchPlan[]> {
	if (address.emailDomain !== null) return [await planForDomain(address.emailDomain, options.dns, context.random)];
	const planFor = (home: URL) => ({ home, candidates: candidatesOf(home), guesses: guessesOf(home) });
	const plan = planFor(address.url);
	const plain = withoutEncryption(address.url);
	if (address.explicitScheme || !policyOf(plain, options, preset).trustedHost(plain)) return [plan];
	return [plan, planFor(plain)];
}

/** A further plan is tried only where the one before it could not reach its host at all. */
async function firstFound(plans: readonly SearchPlan[], run: (plan: SearchPlan) => Promise<Found>): Promise<Found> {
	let failure: unknown = new TypeError("there is no plan");
	for (const plan of plans) {
		try {
			return await run(plan);
		} catch (error) {
			failure = error;
			const unreachable =
				error instanceof ProviderFailure &&
				["connection_refused", "connection_lost", "tls_failure", "timeout", "malformed_answer"].includes(error.reason);
			if (!unreachable) throw error;
		}
	}
	throw failure;
}

/** Somebody waits for the answer, perhaps behind a proxy that gives up after a minute. */
const PATIENCE = 30_000;

/** First with the user name as given; where that is an address and is refused, with its local part (RFC 6764 §6). */
async function search(
	plan: SearchPlan,
	credentials: PasswordCredentials | null,
	context: ConnectContext,
	options: CaldavOptions,
	preset: Preset,
): Promise<Found> {
	const run = async (used: PasswordCredentials | null): Promise<Found> => {
		const session = new Session({
			http: context.http,
			credentials: used,
			scheme: null,
			policy: policyOf(plan.home, options, preset),
			origins: [plan.home.origin],
			timeoutMs: PATIENCE,
			now: context.now,
			...(context.signal === undefined ? {} : { signal: context.signal }),
		});
		const account = await discover(session, plan.candidates, plan.guesses);
		return { account, session, credentials: used, home: plan.home };
	};
	try {
		return await run(credentials);
	} catch (error) {
		const localPart = /^([^@]+)@/.exec(credentials?.username ?? "")?.[1];
		const refused = error instanceof ProviderFailure && error.reason === "wrong_credentials";
		if (!refused || localPart === undefined || credentials === null) throw error;
		return await run({ ...credentials, username: localPart }).catch((second: unknown) => {
			throw second instanceof ProviderFailure && second.reason === "wrong_credentials" ? error : second;
		});
	}
}

function toDiscovered({ account, session, credentials, home }: Found, now: number, preset: Preset): Discovered {
	const name = credentials?.username || home.host;
	const sealed: Credentials = credentials === null ? {} : { ...credentials };
	const settings = accountSettings(account, home, session);
	const { scheduling, addresses } = settings;
	const context = { principal: account.principal, addresses, sendsInvitations: sendsInvitations(scheduling), now };
	return {
		account: name,
		identity: JSON.stringify([name, account.principal?.href ?? [...settings.homeSets, ...settings.calendars].sort()]),
		suggestedName: preset.label ?? home.host,
		credentials: sealed,
		settings: toSettings(settings),
		calendars: toRemoteCalendars([...account.homes, ...account.singles], context),
	};
}

function accountSettings(account: Account, server: URL, session: Session): AccountSettings {
	return {
		server: server.href,
		found: account.found.href,
		homeSets: account.homes.map(({ url }) => url.href),
		calendars: account.singles.map(({ url }) => url.href),
		principal: account.principal?.href ?? null,
		auth: session.scheme,
		addresses: account.addresses,
		scheduling: account.scheduling,
	};
}
