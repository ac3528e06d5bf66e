import { Kalends } from "@kalends/client";

const kalends = new Kalends({ url: process.env.KALENDS_URL, apiKey: process.env.KALENDS_KEY });
const stopping = new AbortController();

const changes = kalends.stream({
	signal: stopping.signal,
	onState: (state) => console.log(state.type),
});
for await (const change of changes) {
	console.log(change.type, change.id);
	// Keep change.seq: `after` goes on behind it another time.
	if (change.type === "event.deleted") stopping.abort();
}
