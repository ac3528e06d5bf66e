/** What a channel tells of. */
export type Watched =
	| { readonly type: "events"; readonly calendarId: string }
	| { readonly type: "calendarList"; readonly email: string }
	| { readonly type: "acl"; readonly calendarId: string }
	| { readonly type: "settings"; readonly email: string };

export interface Channel {
	readonly id: string;
	readonly resourceId: string;
	readonly resourceUri: string;
	readonly address: string;
	readonly token: string | undefined;
	/** Epoch milliseconds. */
	readonly expiration: number;
	readonly watched: Watched;
	readonly email: string;
	readonly clientId: string;
	/** Of the last message; they rise with gaps. */
	messageNumber: number;
}

/** A message and what became of it. */
export interface Delivery {
	readonly at: number;
	readonly channelId: string;
	readonly messageNumber: number;
	readonly state: "sync" | "exists" | "not_exists";
	readonly attempts: number;
	/** Of the last answer; null: none came. */
	readonly status: number | null;
	readonly outcome: "delivered" | "lost" | "refused" | "gave_up";
}

/** How messages travel, to try what goes wrong with them. */
export interface PushSettings {
	/** From 0 to 1: how many get lost. */
	lossRate: number;
	/** Milliseconds that a message takes. */
	delay: number;
	/** How often each is sent. */
	copies: number;
	/** Refuse addresses that are not https, as Google does; off, as tests run on this machine. */
	httpsOnly: boolean;
	/** Longest life of a channel, milliseconds. */
	longestLife: number;
	readonly deliveries: Delivery[];
}
