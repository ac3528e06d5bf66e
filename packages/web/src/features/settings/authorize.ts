import { kalends } from "../../api/kalends.ts";

/**
 * Leaves for Google's consent page, which sends back to the settings.
 * @param connectionId whose consent is renewed: no other account is then connected in its place
 */
export async function authorizeGoogle(connectionId?: string): Promise<void> {
	const renewed = connectionId === undefined ? {} : { connection_id: connectionId };
	const returnTo = "/settings/calendars?connected=google";
	location.assign(
		await kalends.connections.authorize({ provider: "google", return_to: returnTo, access: "write", ...renewed }),
	);
}
