import type { EnvironmentReader } from "./config-environment.ts";
import { WrongValue } from "./config-values.ts";

/** How mail is sent; null in the configuration where it is not. */
export interface MailConfig {
	readonly server: SmtpServer;
	readonly from: MailAddress;
	/** `from` was set, not made up of the public address. */
	readonly fromIsSet: boolean;
}

export interface SmtpServer {
	readonly host: string;
	readonly port: number;
	/** TLS from the first byte (`smtps`, or port 465); else STARTTLS where the server offers it. */
	readonly secure: boolean;
	readonly requireTls: boolean;
	readonly ignoreTls: boolean;
	readonly user: string | null;
	readonly password: string | null;
}

export interface MailAddress {
	readonly name: string | null;
	readonly address: string;
}

const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;
const URL_FIX = "Set one such as smtps://user:password@mail.example.com, with special characters percent-encoded.";
const FROM_FIX = "Set an address such as calendar@example.com, or Calendar <calendar@example.com>.";

/** @param publicHost where MAIL_FROM is unset, mail comes from `kalends` there */
export function mailConfig(env: EnvironmentReader, publicHost: string): MailConfig | null {
	const server = env.parsed("SMTP_URL", smtpServer);
	const from = env.parsed("MAIL_FROM", mailFrom);
	if (server === null) return null;
	const host = /^[\d.]+$|^\[/.test(publicHost) ? "localhost" : publicHost;
	const preset = { name: "Kalends", address: `kalends@${host}` };
	return { server, from: from ?? preset, fromIsSet: from !== null };
}

/** Messages never repeat the address, as it may hold a password. */
function smtpServer(text: string): SmtpServer {
	const url = URL.parse(text);
	if (url === null || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") {
		throw new WrongValue("is not the address of a mail server", URL_FIX);
	}
	if (/[@:]/.test(url.pathname) || url.hash !== "") {
		throw new WrongValue("has something behind the host that does not belong there", URL_FIX);
	}
	const wants = (name: string) => ["true", "1"].includes(url.searchParams.get(name) ?? "");
	const port = url.port === "" ? (url.protocol === "smtps:" ? SMTPS_PORT : SUBMISSION_PORT) : Number(url.port);
	return {
		host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
		port,
		secure: url.protocol === "smtps:" || port === SMTPS_PORT,
		requireTls: wants("requireTLS"),
		ignoreTls: wants("ignoreTLS"),
		user: url.username === "" ? null : percentDecoded(url.username),
		password: url.password === "" ? null : percentDecoded(url.password),
	};
}

function percentDecoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new WrongValue("holds a % that encodes nothing", "Write %25 for a % in the user or the password.");
	}
}

function mailFrom(text: string): MailAddress {
	const match = /^(?:"?([^"<>\r\n]*?)"?\s*<([^<>]+)>|([^<>]+))$/.exec(text);
	const address = (match?.[2] ?? match?.[3] ?? "").trim();
	if (!isMailAddress(address)) throw new WrongValue(`is "${text}"`, FROM_FIX);
	return { name: match?.[1]?.trim() || null, address };
}

/** A plain `local@domain` (RFC 5321 §4.1.2, dot-string only): nothing that a header or an envelope could misread. */
export function isMailAddress(text: string): boolean {
	return (
		text.length <= 254 &&
		/^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]{1,64}@[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u.test(text)
	);
}
