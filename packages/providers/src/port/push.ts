import type { ProviderContext, RemoteCalendar } from "./provider.ts";

/** A push channel as the provider knows it. */
export interface PushChannel {
	/** Made by us, unguessable. */
	readonly id: string;
	/** The provider's name of what is watched. */
	readonly resourceId: string;
	/** Epoch milliseconds. */
	readonly expiresAt: number;
}

export interface WatchRequest {
	readonly id: string;
	/** Comes back with every message; compared in constant time. */
	readonly token: string;
	/** Where messages are sent, https. */
	readonly address: URL;
	/** Asked for; the provider may give less. */
	readonly expiresAt: number;
}

/** What a message says; it never says what has changed. */
export interface PushMessage {
	readonly channelId: string;
	readonly token: string;
	/** It only says that the channel works. */
	readonly handshake: boolean;
}

/** Push channels: hints that something changed; polling goes on behind them. */
export interface PushChannels {
	/**
	 * @param calendar null: the list of calendars
	 * @throws ProviderFailure `invalid` where this calendar has no push
	 */
	watch(calendar: RemoteCalendar | null, request: WatchRequest, context: ProviderContext): Promise<PushChannel>;
	/**
	 * @param header by its name in lower case
	 * @returns null where it is no message of this provider
	 */
	readMessage(header: (name: string) => string | undefined): PushMessage | null;
	/** One that is gone already counts as stopped. */
	stop(channel: PushChannel, context: ProviderContext): Promise<void>;
}
