import type { PushExchange } from "@kalends/model";
import {
	type CurrentResource,
	ProviderFailure,
	type RemoteResource,
	type ResourceDraft,
	type ResourceWriter,
} from "@kalends/providers";
import type { ClaimedIntent } from "./intent-lease.ts";
import { draftKey, isProvisional } from "./provisional.ts";
import type { Scene, Stage } from "./scene.ts";

/** What the claim knows of the resource: as it was read last, else as the row says. */
export type LastRead = RemoteResource | null | undefined;

/**
 * Performs one exchange with the provider.
 * @param read what this claim has read last; undefined: nothing yet
 * @returns the resource as it is afterwards; null where there is none
 * @throws ProviderFailure as the writer does
 */
export async function performExchange(
	writer: ResourceWriter,
	{ remote, context, origin }: Stage,
	{ resource }: Scene,
	intent: ClaimedIntent,
	step: PushExchange,
	read: LastRead,
): Promise<RemoteResource | null> {
	const known: CurrentResource = read ?? {
		id: resource.provider_resource_id,
		etag: resource.etag,
		scheduleTag: resource.schedule_tag,
		raw: resource.raw,
	};
	const draft: ResourceDraft = {
		key: draftKey(resource.id),
		events: intent.wanted ?? intent.base ?? [],
		raw: resource.raw === "" ? null : resource.raw,
	};
	const moving = intent.move?.role === "arrives" ? intent.move.resource : "";
	switch (step.type) {
		case "read":
			// What has no name yet can only be looked up by what it was made of.
			if (!isProvisional(resource)) return writer.read(remote, resource.provider_resource_id, context);
			return writer.findCreated(remote, draft, context);
		case "find_created":
			return writer.findCreated(remote, draft, context);
		case "read_origin":
			return origin === null ? null : writer.read(origin, moving, context);
		case "find_moved":
			return writer.read(remote, moving, context);
		case "move":
			// Nothing can be moved out of a calendar that is gone; it may have been before.
			if (origin === null || writer.move === undefined) throw leftNothing();
			return writer.move(origin, { id: moving, raw: resource.raw }, remote, context);
		case "create":
			return writer.create(remote, { ...draft, events: step.events }, context);
		case "update":
			return writer.update(remote, known, step.events, { responseOnly: intent.response_only }, context);
		case "remove":
			await writer.remove(remote, known, context);
			return null;
	}
}

function leftNothing(): ProviderFailure {
	return new ProviderFailure("not_found", { reason: "resource_gone", message: "the calendar that it was in is gone" });
}
