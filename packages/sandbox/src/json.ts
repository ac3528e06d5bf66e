/** JSON as clients send it and as it is answered; members that are undefined are not written. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
	readonly [name: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a PATCH makes of a resource: objects are merged member by member, null deletes, everything else, arrays too,
 * replaces (RFC 7396, as Google's patch semantics).
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
	const merged: Record<string, Json | undefined> = { ...target };
	for (const [name, value] of Object.entries(patch)) {
		const old = merged[name];
		if (value === null) delete merged[name];
		else if (isObject(value)) merged[name] = mergePatch(isObject(old) ? old : {}, value);
		else if (value !== undefined) merged[name] = value;
	}
	return merged;
}

/** True where both would be written as the same JSON, in whatever order of members. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
	if (a === b) return true;
	if (Array.isArray(a)) {
		return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
	}
	if (!isObject(a) || !isObject(b)) return false;
	const names = new Set([...Object.keys(a), ...Object.keys(b)]);
	return [...names].every((name) => sameJson(a[name], b[name]));
}
