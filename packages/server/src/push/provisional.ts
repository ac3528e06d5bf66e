import { type RawBuilder, sql } from "kysely";

/** The resource id of what the provider has not named yet; no provider has such ids, as it names the row. */
export function provisionalId(resourceId: string): string {
	return `new:${resourceId}`;
}

export function isProvisional(resource: { readonly id: string; readonly provider_resource_id: string }): boolean {
	return resource.provider_resource_id === provisionalId(resource.id);
}

/** The same of a row of `resources` by the name `r`. */
export const IS_PROVISIONAL: RawBuilder<boolean> = sql<boolean>`r.provider_resource_id = 'new:' || r.id`;

/** Stays the same over all attempts to create the resource (`ResourceDraft.key`). */
export function draftKey(resourceId: string): string {
	return resourceId.replaceAll("_", "");
}

/** The same of a row of `resources` by the name `r`. */
export const DRAFT_KEY: RawBuilder<string> = sql<string>`replace(r.id, '_', '')`;
