import type { SandboxOptions } from "../options.ts";
import { createAccount } from "../world/create-account.ts";
import { createWorld } from "../world/create-world.ts";
import type { World } from "../world/world.ts";
import { seedDemo } from "./demo.ts";

/** What a world begins with. */
export function populate(world: World, options: SandboxOptions): void {
	for (const account of options.accounts ?? []) createAccount(world, account);
	if (options.seed === "demo") seedDemo(world);
}

/**
 * Brings a world back to its beginning: data, consents, channels, faults and settings, but for the clock, which only goes
 * forward, and the key that tokens are signed with.
 *
 * @param keepConsents clients stay connected to the accounts that come again
 */
export function resetWorld(world: World, options: SandboxOptions, keepConsents: boolean): void {
	const fresh = createWorld(options, world.origin, world.oauth.key);
	world.clock.stop();
	const { clients, grants, pending, codes, accessTokens, refreshTokens } = world.oauth;
	for (const kept of [world.accounts, world.calendars, world.channels, pending, codes]) kept.clear();
	if (!keepConsents) for (const kept of [grants, accessTokens, refreshTokens]) kept.clear();
	clients.clear();
	for (const [id, client] of fresh.oauth.clients) clients.set(id, client);
	Object.assign(world.push, { ...fresh.push, deliveries: world.push.deliveries });
	world.push.deliveries.length = 0;
	Object.assign(world.listing, fresh.listing);
	world.oauth.consent = fresh.oauth.consent;
	world.oauth.accessTokenLife = fresh.oauth.accessTokenLife;
	world.quotas.limits = fresh.quotas.limits;
	world.quotas.reset();
	world.mails.length = 0;
	world.faults.clear();
	world.log.clear();
	const before = world.revisions.current;
	populate(world, options);
	// Tokens of what was there know nothing of its end.
	for (const calendar of world.calendars.values()) calendar.tokensFrom = before + 1;
	for (const account of world.accounts.values()) account.listTokensFrom = before + 1;
}
