const WALL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** @param from as `to`: `YYYY-MM-DDTHH:MM`, or what else a field for it gives */
export function rangeFault(from: string, to: string): "missing" | "backwards" | null {
	if (!WALL_TIME.test(from) || !WALL_TIME.test(to)) return "missing";
	return from < to ? null : "backwards";
}
