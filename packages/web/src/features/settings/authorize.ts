import { kalends } from "../../api/kalends.ts";

/** Leaves for Google's consent page, which sends back to the settings; a consent given before is renewed. */
export async function authorizeGoogle(returnTo = "/settings/calendars?connected=google"): Promise<void> {
	location.assign(await kalends.connections.authorize({ provider: "google", return_to: returnTo, access: "write" }));
}
