import { type GoogleQuirks, GoogleSide } from "../../testing/google/google-side.ts";
import { seriesEdits } from "../../testing/series-edits.ts";
import { googleProvider } from "../provider.ts";

const provider = googleProvider({ apiUrl: new URL("https://google.example.com") });

const SIDES: Readonly<Record<string, GoogleQuirks>> = {
	"cancels exceptions whose slots are gone": {},
	"keeps exceptions whose slots are gone": { keepsStrays: true, ownIds: true },
};

for (const [name, quirks] of Object.entries(SIDES)) {
	const open = async () => {
		const side = new GoogleSide(quirks);
		side.addCalendar("Series");
		const context = {
			http: side.http,
			tokens: side.tokens,
			credentials: {},
			settings: {},
			now: () => Date.UTC(2026, 0, 1),
			random: () => 0.5,
			person: { email: "person@example.com", name: null },
		};
		const [calendar] = (await provider.listCalendars(context)).calendars;
		if (calendar === undefined) throw new Error("there is nothing to write to");
		return { provider, calendar, context };
	};
	seriesEdits(`Google that ${name}`, open, 60);
}
