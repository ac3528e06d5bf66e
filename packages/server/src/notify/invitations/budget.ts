import type { Kysely } from "kysely";
import type { Database } from "../../db/schema.ts";
import { Problem } from "../../http/errors.ts";

/** Guests that one person's writes may mail in 24 hours. */
export const MAILS_A_DAY = 500;
/** Guests that a single write may mail. */
const MAILS_A_WRITE = 200;

const DAY = 86_400_000;

export interface MailsLeft {
	/** Up to which a write is accepted. */
	readonly soft: number;
	/** Up to which what was accepted is mailed. */
	readonly hard: number;
}

/** How many invitations this person's writes may still mail today. Those of paid bookings do not count. */
export async function mailsLeft(db: Kysely<Database>, userId: string, now: number): Promise<MailsLeft> {
	const { count } = await db
		.selectFrom("mails")
		.select((eb) => eb.fn.countAll<number>().as("count"))
		.where("user_id", "=", userId)
		.where("kind", "in", ["invitation", "update", "cancellation"])
		.where("paid", "=", false)
		.where("created_at", ">", new Date(now - DAY))
		.executeTakeFirstOrThrow();
	return { soft: MAILS_A_DAY - count, hard: 2 * MAILS_A_DAY - count };
}

/**
 * @param count guests that a write would have Kalends mail
 * @throws Problem `too_many_recipients`, `mail_quota_exceeded`
 */
export function requireMailBudget(count: number, left: MailsLeft | null): void {
	if (left === null || count === 0) return;
	if (count > MAILS_A_WRITE) {
		throw new Problem("too_many_recipients", `This would mail ${count} guests; one change may mail ${MAILS_A_WRITE}.`, {
			fix: "Invite fewer guests at a time, or invite a mailing list.",
		});
	}
	if (count > left.soft) {
		throw new Problem(
			"mail_quota_exceeded",
			`This would mail ${count} guests, and ${Math.max(0, left.soft)} may still be mailed today.`,
			{
				fix: `A person's changes may mail ${MAILS_A_DAY} guests in 24 hours. Try again later.`,
				retryAfter: 3_600,
			},
		);
	}
}
