import { loadConfig } from "../config.ts";
import { openDatabase } from "../db/pool.ts";
import { smtpTransport } from "../egress/smtp.ts";
import { sendDueMails } from "../notify/mail/deliver.ts";
import { createLogger } from "../observability/log.ts";
import { createMetrics } from "../observability/metrics.ts";

/** A process of its own that delivers one user's mails, for the test that kills it: `node … <database> <smtp> <user> <now>`. */
const [, , databaseUrl = "", SMTP_URL = "", userId = "", now = "0"] = process.argv;
const config = loadConfig({ SMTP_URL, MAIL_FROM: "calendar@kalends.example" });
const { db, close } = openDatabase(databaseUrl);
await sendDueMails(
	{
		config,
		db,
		mail: config.mail === null ? null : smtpTransport(config.mail.server),
		metrics: createMetrics(),
		log: createLogger({ level: "silent" }),
		now: () => Number(now),
		random: Math.random,
	},
	userId,
	new AbortController().signal,
);
await close();
