import { join } from "node:path";
import { davClient, type RealServer, startServer } from "./real-server.ts";

/**
 * A real Xandikos (Debian package `xandikos`), which keeps calendars in git and lets everybody in. Unlike Radicale it
 * has a home set below the principal, names reports without `D:report`, and its tokens are names of git trees.
 */
export async function startXandikos(): Promise<RealServer> {
	const username = "user";
	const home = `/${username}/calendars/`;
	const server = await startServer("Xandikos", async (folder, port) => {
		const principal = ["--defaults", "--current-user-principal", `/${username}/`];
		const listen = ["--listen-address", "127.0.0.1", "--port", String(port)];
		return ["/usr/bin/xandikos", "--directory", join(folder, "data"), ...principal, ...listen];
	});
	const { request, ...client } = davClient({ name: "Xandikos", url: server.url, username, password: () => "", home });
	// It comes with one calendar.
	await request("DELETE", `${home}calendar/`);
	return { ...server, ...client, username, password: "" };
}
