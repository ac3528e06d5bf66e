import { hostname } from "node:os";
import { TransportError } from "@kalends/providers";
import { createTransport } from "nodemailer";
import type { MailAddress, SmtpServer } from "../config-mail.ts";
import { openTrustedSocket } from "./tcp.ts";

/** One message to one recipient. Addresses are given in parts; nothing here is parsed as a list of them. */
export interface OutgoingMail {
	readonly from: MailAddress;
	readonly to: MailAddress;
	readonly replyTo: MailAddress | null;
	readonly subject: string;
	/** With its angle brackets. */
	readonly messageId: string;
	readonly date: Date;
	readonly text: string;
	readonly html: string;
	/** The iMIP part (RFC 6047 §2.4). */
	readonly calendar: { readonly method: string; readonly text: string } | null;
}

/** The way to the mail server of the configuration (SMTP_URL). */
export interface MailTransport {
	/** @throws MailFailure */
	send(mail: OutgoingMail): Promise<void>;
	/**
	 * Greets and signs in, and sends nothing.
	 * @throws MailFailure
	 */
	verify(): Promise<void>;
}

/**
 * Why a mail was not taken. `permanent`: this recipient or message is refused (5yz), trying again is in vain;
 * otherwise it may be taken later.
 */
export class MailFailure extends Error {
	override readonly name = "MailFailure";
	readonly code: "unreachable" | "authentication" | "refused" | "deferred";
	readonly permanent: boolean;

	constructor(code: MailFailure["code"], message: string, permanent = false) {
		super(message);
		this.code = code;
		this.permanent = permanent;
	}
}

const CONNECT_MS = 15_000;
/** Between two answers of the server. */
const IDLE_MS = 45_000;

/** Sends by SMTP (RFC 5321), one connection for each message. */
export function smtpTransport(server: SmtpServer): MailTransport {
	const { host, port, secure, requireTls, ignoreTls, user, password } = server;
	const transport = createTransport({
		host,
		port,
		secure,
		name: helloName(),
		requireTLS: requireTls,
		ignoreTLS: ignoreTls,
		...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
		// Nobody can stand in between on this machine, and servers there have certificates of their own making.
		...(isLoopback(host) ? { tls: { rejectUnauthorized: false } } : {}),
		greetingTimeout: CONNECT_MS,
		socketTimeout: IDLE_MS,
		// Nothing of a message is fetched from files or addresses.
		disableFileAccess: true,
		disableUrlAccess: true,
		getSocket: (_options, callback) => {
			openTrustedSocket({ host, port }, { timeoutMs: CONNECT_MS }).then(
				(connection) => callback(null, { connection }),
				(error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), false),
			);
		},
	});
	return {
		async send(mail) {
			try {
				await transport.sendMail(messageOf(mail));
			} catch (error) {
				throw mailFailure(error, host);
			}
		},
		async verify() {
			try {
				await transport.verify();
			} catch (error) {
				throw mailFailure(error, host);
			}
		},
	};
}

function messageOf({ from, to, replyTo, subject, messageId, date, text, html, calendar }: OutgoingMail) {
	const address = ({ name, address }: MailAddress) => ({ name: name ?? "", address });
	return {
		from: address(from),
		to: address(to),
		...(replyTo === null ? {} : { replyTo: address(replyTo) }),
		envelope: { from: from.address, to: [to.address] },
		subject,
		messageId,
		date,
		text,
		html,
		// Out-of-office assistants answer neither of these (RFC 3834 §2).
		headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
		...(calendar === null
			? {}
			: { icalEvent: { method: calendar.method, content: calendar.text, filename: "invite.ics" } }),
	};
}

function mailFailure(error: unknown, host: string): MailFailure {
	if (error instanceof MailFailure) return error;
	if (error instanceof TransportError) return new MailFailure("unreachable", error.message);
	const { code, responseCode, response, message } = error as {
		readonly code?: string;
		readonly responseCode?: number;
		readonly response?: string;
		readonly message?: string;
	};
	const said = oneLine(response ?? message ?? String(error));
	if (code === "EAUTH" || code === "ENOAUTH") {
		return new MailFailure("authentication", `${host} refused the user name or password: ${said}`);
	}
	if (responseCode !== undefined && responseCode >= 500 && (code === "EENVELOPE" || code === "EMESSAGE")) {
		return new MailFailure("refused", `${host} refused the message: ${said}`, true);
	}
	if (responseCode !== undefined) return new MailFailure("deferred", `${host} does not take the message now: ${said}`);
	return new MailFailure("unreachable", `${host} could not be spoken with: ${said}`);
}

function oneLine(text: string): string {
	return text.replaceAll(/[\s\p{Cc}]+/gu, " ").slice(0, 300);
}

function isLoopback(host: string): boolean {
	return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** What EHLO says (RFC 5321 §4.1.1.1). */
function helloName(): string {
	const name = hostname();
	return /^[a-z0-9.-]+$/i.test(name) ? name : "localhost";
}
