import { connectGoogleCalendar, getCalendarConnections, getUpcomingEvents, syncCalendar } from "@kalends/client";

/** In a page that Kalends itself delivers, or one whose server passes `/v1` on to it: the session is the browser's. */
export async function showCalendar(show: (line: string) => void): Promise<void> {
	const connections = await getCalendarConnections();
	if (!connections.some(({ provider }) => provider === "google")) {
		await connectGoogleCalendar({ access: "read" });
		return;
	}
	const runs = await syncCalendar();
	for (const run of runs) show(run.error === null ? `${run.created} new` : run.error.detail);
	for (const event of await getUpcomingEvents({ days: 7 })) show(event.title);
}
