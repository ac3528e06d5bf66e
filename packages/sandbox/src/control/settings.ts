import type { JsonObject } from "../json.ts";
import type { ConsentPolicy } from "../options.ts";
import type { World } from "../world/world.ts";
import { Fields } from "./fields.ts";
import { withoutUndefined } from "./read-fault.ts";

const DAY = 86_400_000;

/** Everything that can be set while the sandbox runs. */
export function showSettings(world: World): JsonObject {
	const { lossRate, delay, copies, httpsOnly, longestLife } = world.push;
	return {
		push: { lossRate, delay, copies, httpsOnly, longestLife },
		listing: { ...world.listing },
		quotas: { ...world.quotas.limits },
		consent: { ...world.oauth.consent, ...untickOf(world.oauth.consent) },
		accessTokenLife: world.oauth.accessTokenLife,
	};
}

const untickOf = (policy: ConsentPolicy): JsonObject =>
	policy.mode === "allow" && policy.untick !== undefined ? { untick: [...policy.untick] } : {};

/**
 * Changes the settings that are named.
 *
 * @throws ControlFault where any of them is wrong; none is changed then
 */
export function changeSettings(world: World, body: JsonObject): void {
	const fields = new Fields(body);
	const changes: (() => void)[] = [];
	fields.part("push", (push) => {
		const read = {
			lossRate: push.number("lossRate", 0, 1),
			delay: push.number("delay", 0, DAY),
			copies: push.count("copies", 0, 1000),
			httpsOnly: push.flag("httpsOnly"),
			longestLife: push.number("longestLife", 1000, 365 * DAY),
		};
		changes.push(() => Object.assign(world.push, withoutUndefined(read)));
	});
	fields.part("listing", (listing) => {
		const read = {
			pageCap: listing.limit("pageCap"),
			emptyEvery: listing.limit("emptyEvery"),
			withoutSyncToken: listing.count("withoutSyncToken", 0, 1_000_000),
			conferenceDelay: listing.number("conferenceDelay", 0, DAY),
		};
		changes.push(() => Object.assign(world.listing, withoutUndefined(read)));
	});
	fields.part("quotas", (quotas) => {
		const status = quotas.count("status", 403, 429);
		const refusal: 403 | 429 | undefined = status === 403 ? 403 : status === 429 ? 429 : undefined;
		if (status !== refusal) quotas.fault("status", "403 or 429");
		const read = {
			perMinutePerUser: quotas.limit("perMinutePerUser"),
			perMinutePerProject: quotas.limit("perMinutePerProject"),
			status: refusal,
		};
		changes.push(() => {
			world.quotas.limits = { ...world.quotas.limits, ...withoutUndefined(read) };
		});
	});
	fields.part("consent", (consent) => {
		const mode = consent.choice("mode", ["ask", "allow", "deny"]);
		const email = consent.text("email");
		const untick = consent.texts("untick");
		const error = consent.text("error");
		if (mode === undefined && !consent.has("mode")) consent.fault("mode", "one of ask, allow, deny");
		changes.push(() => {
			if (mode === "allow") world.oauth.consent = { mode, ...withoutUndefined({ email, untick }) };
			else if (mode === "deny") world.oauth.consent = { mode, ...withoutUndefined({ error }) };
			else world.oauth.consent = { mode: "ask" };
		});
	});
	const life = fields.count("accessTokenLife", 1, 86_400);
	fields.done();
	for (const change of changes) change();
	if (life !== undefined) world.oauth.accessTokenLife = life;
}
