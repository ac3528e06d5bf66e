import { roleIn } from "../calendar/caller.ts";
import type { JsonObject } from "../json.ts";
import type { Account } from "../world/account.ts";
import type { World } from "../world/world.ts";
import { showSettings } from "./settings.ts";

/** What there is, without secrets but the clients' own, which are made up. */
export function showState(world: World): JsonObject {
	const { clients, grants } = world.oauth;
	return {
		url: world.origin(),
		now: new Date(world.clock.now()).toISOString(),
		clients: [...clients.values()].map(({ clientId, clientSecret, redirectUris, name, testing }) => ({
			clientId,
			clientSecret,
			redirectUris,
			name,
			testing: testing ?? false,
		})),
		accounts: [...world.accounts.values()].map((account) => showAccount(world, account)),
		consents: [...grants.values()].map(({ clientId, email, scopes }) => ({ clientId, email, scopes: [...scopes] })),
		settings: showSettings(world),
		faults: showFaults(world),
		channels: world.channels.size,
		requests: world.log.total,
		mails: world.mails.length,
	};
}

export function showFaults(world: World): readonly JsonObject[] {
	return world.faults.list().map(({ id, input, struck }) => ({ id, ...input, struck }));
}

function showAccount(world: World, account: Account): JsonObject {
	const listed = [...account.list.values()].filter(({ deleted }) => !deleted);
	return {
		email: account.email,
		name: account.name,
		timeZone: account.timeZone,
		calendars: listed.flatMap(({ calendarId }) => {
			const calendar = world.calendars.get(calendarId);
			if (calendar === undefined || calendar.deleted) return [];
			const { id, summary, primary } = calendar;
			return [{ id, summary, primary, role: roleIn(calendar, account), events: calendar.events.size }];
		}),
	};
}

export function showChannels(world: World): JsonObject {
	return {
		channels: [...world.channels.values()].map(({ id, resourceId, address, expiration, watched, email }) => ({
			id,
			resourceId,
			address,
			expiration: new Date(expiration).toISOString(),
			watched: { ...watched },
			email,
		})),
		deliveries: world.push.deliveries.map(({ at, ...delivery }) => ({ at: new Date(at).toISOString(), ...delivery })),
	};
}
