import { ProviderFailure } from "../port/failure.ts";

export interface CaldavOptions {
	readonly preset?: "icloud";
	/** The preset's server, from the operator's configuration. */
	readonly serverUrl?: string;
	/** True for hosts that may be reached without encryption, because the operator says so. */
	readonly trustedHost?: (url: URL) => boolean;
	/** For discovery from an e-mail address (RFC 6764); `node:dns/promises` fits. Without it the domain itself is asked. */
	readonly dns?: DnsResolver;
}

export interface DnsResolver {
	resolveSrv(name: string): Promise<readonly SrvRecord[]>;
	resolveTxt(name: string): Promise<readonly (readonly string[])[]>;
}

export interface SrvRecord {
	readonly name: string;
	readonly port: number;
	readonly priority: number;
	readonly weight: number;
}

/** What makes one CalDAV service another provider: where it is, how it is called, what its people must know. */
export interface Preset {
	readonly id: "caldav" | "icloud";
	/** Used where the person gives no address, and always for iCloud. */
	readonly serverUrl: URL | null;
	/** The connection's name; null: the host. */
	readonly label: string | null;
	/** Added to the message of a failed login. */
	readonly loginHelp: string;
}

const ICLOUD_HELP =
	"iCloud takes no Apple Account password here: make an app-specific password at https://account.apple.com " +
	"under Sign-In and Security, and use it with your Apple Account's e-mail address.";

const CALDAV_HELP =
	"Check both; where the provider has two-factor login, it usually wants an app password made in its settings.";

export function presetOf(options: CaldavOptions): Preset {
	const serverUrl = options.serverUrl === undefined ? null : new URL(options.serverUrl);
	if (options.preset === "icloud") {
		return {
			id: "icloud",
			serverUrl: serverUrl ?? new URL("https://caldav.icloud.com/"),
			label: "iCloud",
			loginHelp: ICLOUD_HELP,
		};
	}
	return { id: "caldav", serverUrl, label: null, loginHelp: CALDAV_HELP };
}

/** The same failure with what helps this preset's people to log in. */
export function withLoginHelp(failure: ProviderFailure, preset: Preset): ProviderFailure {
	if (failure.reason !== "wrong_credentials" && failure.reason !== "credentials_required") return failure;
	if (failure.message.endsWith(preset.loginHelp)) return failure;
	return new ProviderFailure(failure.kind, {
		reason: failure.reason,
		message: `${failure.message}. ${preset.loginHelp}`,
		...(failure.status === undefined ? {} : { status: failure.status }),
		...(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter }),
		...(failure.precondition === undefined ? {} : { precondition: failure.precondition }),
		cause: failure,
	});
}
