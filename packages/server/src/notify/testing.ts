import { once } from "node:events";
import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { Services } from "../services.ts";

/** A message as a server of the npm package smtp-server took it, parsed by postal-mime. */
export interface ReceivedMail {
	readonly envelope: { readonly from: string; readonly to: readonly string[] };
	readonly raw: string;
	readonly message: Email;
	/** The iMIP part, where there is one. */
	readonly calendar: { readonly contentType: string; readonly text: string } | null;
}

export interface MailServer {
	readonly url: string;
	readonly received: ReceivedMail[];
	/** Called at each step of a dialogue, before it is answered; what it throws is the answer. */
	at: (step: "mail" | "rcpt" | "data" | "taken", address: string) => Promise<void> | void;
	close(): Promise<void>;
}

/** @param options as smtp-server has them; without any, neither TLS nor authentication */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
	const received: ReceivedMail[] = [];
	const mailServer: MailServer = { url: "", received, at: () => {}, close: async () => {} };
	const step = (name: Parameters<MailServer["at"]>[0], address: string, callback: (error?: Error | null) => void) => {
		Promise.resolve()
			.then(() => mailServer.at(name, address))
			.then(
				() => callback(),
				(error: Error) => callback(error),
			);
	};
	const server = new SMTPServer({
		disabledCommands: ["STARTTLS", "AUTH"],
		logger: false,
		disableReverseLookup: true,
		closeTimeout: 500,
		onMailFrom: ({ address }, _session, callback) => step("mail", address, callback),
		onRcptTo: ({ address }, _session, callback) => step("rcpt", address, callback),
		onData: (stream, session, callback) => {
			const chunks: Buffer[] = [];
			stream.on("data", (chunk: Buffer) => chunks.push(chunk));
			stream.on("end", async () => {
				const raw = Buffer.concat(chunks).toString("utf8");
				const { mailFrom, rcptTo } = session.envelope;
				const to = rcptTo.map(({ address }) => address);
				step("data", to.join(), async (error) => {
					if (error) return callback(error);
					const from = mailFrom === false ? "" : mailFrom.address;
					received.push({ envelope: { from, to }, raw, ...(await parsed(raw)) });
					step("taken", to.join(), callback);
				});
			});
		},
		...options,
	});
	server.on("error", () => {});
	server.listen(0, "127.0.0.1");
	await once(server.server, "listening");
	const { port } = server.server.address() as AddressInfo;
	const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
	return Object.assign(mailServer, { url: `smtp://127.0.0.1:${port}`, close });
}

async function parsed(raw: string): Promise<Pick<ReceivedMail, "message" | "calendar">> {
	const message = await PostalMime.parse(raw, { attachmentEncoding: "utf8" });
	const part = message.attachments.find(({ mimeType }) => mimeType === "text/calendar");
	const contentType = /^Content-Type: text\/calendar[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/im.exec(raw)?.[0] ?? "";
	return {
		message,
		calendar:
			part === undefined ? null : { contentType: contentType.replaceAll(/\s+/g, " "), text: String(part.content) },
	};
}

/** An answer of a mail server, such as 550. */
export function smtpAnswer(responseCode: number, message: string): Error {
	return Object.assign(new Error(message), { responseCode });
}

/** As if the person's writes had mailed so many guests an hour ago. */
export async function mailedEarlier(
	{ services, userId }: { readonly services: Services; readonly userId: string },
	count: number,
): Promise<void> {
	const at = new Date(services.now() - 3_600_000);
	const rows = Array.from({ length: count }, (_, index) => ({
		user_id: userId,
		id: services.newId("mal"),
		kind: "invitation" as const,
		recipient: `guest${index}@example.com`,
		subject: "Earlier",
		message_id: `<${index}@example.com>`,
		state: "sent" as const,
		next_attempt_at: at,
		give_up_at: at,
		thread: `${index}`,
		created_at: at,
	}));
	await services.db.insertInto("mails").values(rows).execute();
}
