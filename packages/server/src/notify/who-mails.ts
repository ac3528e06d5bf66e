import type { CalendarProvider } from "@kalends/providers";
import type { Config } from "../config.ts";

/**
 * Who tells guests of what is written to a calendar.
 * - `kalends`: mails of its own; a provider that would tell them too is told not to.
 * - `provider`: it does by itself, and either cannot be told not to (a CalDAV server that schedules), or Kalends has no
 *   mail server.
 * - `nobody`: there is no mail server, and the provider sends nothing.
 */
export type InvitationSender = "kalends" | "provider" | "nobody";

export function invitationsBy(
	{ mail }: Pick<Config, "mail">,
	provider: Pick<CalendarProvider, "capabilities"> | undefined,
	{ sends_invitations }: { readonly sends_invitations: boolean },
): InvitationSender {
	const canBeSilenced = !sends_invitations || provider?.capabilities.leavesInvitations === true;
	if (mail !== null && canBeSilenced) return "kalends";
	return sends_invitations ? "provider" : "nobody";
}
