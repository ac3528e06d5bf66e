import { Kalends, KalendsError } from "@kalends/client";

const kalends = new Kalends({ url: process.env.KALENDS_URL, apiKey: process.env.KALENDS_KEY });

const standUp = await kalends.events.create({
	title: "Stand-up",
	start: { date_time: "2031-03-03T09:00:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2031-03-03T09:15:00", time_zone: "Europe/Berlin" },
	recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"],
});

// What would change, and who would be mailed; nothing is written.
const preview = await kalends.events.previewDelete(standUp.id, { scope: "all" });
console.log(preview.event === null, preview.mails);

try {
	await kalends.events.update(standUp.id, { title: "Daily" });
} catch (error) {
	if (!(error instanceof KalendsError) || error.code !== "recurrence_scope_required") throw error;
	console.log(error.detail, error.fix);
	await kalends.events.update(standUp.id, { title: "Daily" }, { scope: "all", ifMatch: standUp.etag });
}
await kalends.events.delete(standUp.id, { scope: "all" });
