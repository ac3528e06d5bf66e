import type { QuotaLimits } from "../options.ts";
import { GoogleError } from "./google-error.ts";

/** Google's usual quotas (units within any minute). */
const DEFAULT_QUOTAS: QuotaLimits = { perMinutePerUser: 600, perMinutePerProject: 10_000, status: 403 };

const MINUTE = 60_000;

export interface Quotas {
	limits: QuotaLimits;
	/**
	 * Counts a request; what is refused costs nothing.
	 *
	 * @throws GoogleError `userRateLimitExceeded` or `rateLimitExceeded`
	 */
	spend(project: string, user: string, units: number, now: number): void;
	reset(): void;
}

interface Spent {
	readonly at: number;
	readonly units: number;
}

export function createQuotas(given: Partial<QuotaLimits> = {}): Quotas {
	const windows = new Map<string, { readonly spent: Spent[]; sum: number }>();
	const windowOf = (key: string, now: number): { readonly spent: Spent[]; sum: number } => {
		const window = windows.get(key) ?? { spent: [], sum: 0 };
		windows.set(key, window);
		const stale = window.spent.findIndex(({ at }) => at > now - MINUTE);
		for (const { units } of window.spent.splice(0, stale < 0 ? window.spent.length : stale)) window.sum -= units;
		return window;
	};
	const quotas: Quotas = {
		limits: { ...DEFAULT_QUOTAS, ...given },
		spend(project, user, units, now) {
			const { perMinutePerUser, perMinutePerProject, status } = quotas.limits;
			const ofUser = windowOf(`${project} ${user}`, now);
			const ofProject = windowOf(project, now);
			const refuse = (reason: string, message: string): never => {
				throw new GoogleError(status, reason, message, { domain: "usageLimits" });
			};
			if (perMinutePerUser !== null && ofUser.sum + units > perMinutePerUser) {
				if (status === 429) refuse("rateLimitExceeded", "Rate Limit Exceeded");
				refuse("userRateLimitExceeded", "User Rate Limit Exceeded");
			}
			if (perMinutePerProject !== null && ofProject.sum + units > perMinutePerProject) {
				refuse("rateLimitExceeded", "Rate Limit Exceeded");
			}
			for (const window of [ofUser, ofProject]) {
				window.spent.push({ at: now, units });
				window.sum += units;
			}
		},
		reset: () => windows.clear(),
	};
	return quotas;
}
