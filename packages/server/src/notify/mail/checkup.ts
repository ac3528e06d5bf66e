import { CheckFailure } from "../../oauth/check-failure.ts";
import type { Services } from "../../services.ts";

/**
 * Can the mail server be reached and signed in to? Sends nothing.
 * @returns what to tell where it can, or where there is none
 * @throws CheckFailure
 */
export async function checkMail({ config, mail }: Pick<Services, "config" | "mail">): Promise<string> {
	if (config.mail === null || mail === null) return "off; docs/mail.md says how to send mail";
	const { server, from, fromIsSet } = config.mail;
	try {
		await mail.verify();
	} catch (error) {
		const said = error instanceof Error ? error.message : String(error);
		throw new CheckFailure("mail_unreachable", `${said} Check SMTP_URL.`);
	}
	const sender = fromIsSet ? from.address : `${from.address}, as MAIL_FROM is not set; many servers refuse that`;
	return `${server.host}:${server.port} takes mail from ${sender}`;
}
