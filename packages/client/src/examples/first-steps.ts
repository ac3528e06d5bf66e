import { Kalends } from "@kalends/client";

const kalends = new Kalends({ url: process.env.KALENDS_URL, apiKey: process.env.KALENDS_KEY });

for await (const connection of kalends.connections.list()) {
	console.log(connection.name, connection.status, connection.fix ?? "");
}
for await (const event of kalends.events.upcoming({ days: 14, time_zone: "Europe/Berlin" })) {
	console.log(event.title, event.start);
}
