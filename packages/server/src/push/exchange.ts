import type { PushExchange } from "@kalends/model";
import {
	type CurrentResource,
	ProviderFailure,
	type RemoteCalendar,
	type RemoteResource,
	type ResourceDraft,
	type ResourceWriter,
	type WriteContext,
} from "@kalends/providers";
import type { ClaimedIntent } from "./intent-lease.ts";
import { anewKey } from "./only-here.ts";
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
	{ resource, onlyHere }: Scene,
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
	const isAnew = onlyHere && intent.kind !== "create";
	const draft: ResourceDraft = {
		key: isAnew ? anewKey(resource) : draftKey(resource.id),
		events: intent.wanted ?? intent.base ?? [],
		raw: resource.raw === "" ? null : resource.raw,
	};
	const moving = intent.move?.role === "arrives" ? intent.move.resource : "";
	switch (step.type) {
		case "read":
			// What has no name yet can only be looked up by what it was made of.
			if (isProvisional(resource)) return writer.findCreated(remote, draft, context);
			return (
				(await writer.read(remote, resource.provider_resource_id, context)) ??
				(isAnew ? await writer.findCreated(remote, draft, context) : null)
			);
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
			return create(writer, remote, { ...draft, events: step.events }, context, onlyHere ? intent.event_id : null);
		case "update":
			return writer.update(remote, known, step.events, { responseOnly: intent.response_only }, context);
		case "remove":
			await writer.remove(remote, known, context);
			return null;
	}
}

/** @param otherUid in place of one that the provider still holds for what it has no more; null: that is a failure */
async function create(
	writer: ResourceWriter,
	remote: RemoteCalendar,
	draft: ResourceDraft,
	context: WriteContext,
	otherUid: string | null,
): Promise<RemoteResource> {
	try {
		return await writer.create(remote, draft, context);
	} catch (error) {
		if (otherUid === null || !(error instanceof ProviderFailure && error.reason === "uid_conflict")) throw error;
		const events = draft.events.map((event) => ({ ...event, uid: otherUid }));
		return writer.create(remote, { ...draft, events, raw: null }, context);
	}
}

function leftNothing(): ProviderFailure {
	return new ProviderFailure("not_found", { reason: "resource_gone", message: "the calendar that it was in is gone" });
}
