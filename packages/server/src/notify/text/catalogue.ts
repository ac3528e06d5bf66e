/** Every sentence that mails and notifications are made of, by language. A new language is one more entry of `CATALOGUE`. */

export interface Phrases {
	/** BCP 47, for dates. */
	readonly locale: string;
	readonly subject: Readonly<Record<"invitation" | "update" | "cancellation", (title: string, when: string) => string>>;
	readonly heading: Readonly<
		Record<"invitation" | "update" | "cancellation" | "occurrence_cancelled", (organizer: string) => string>
	>;
	readonly untitled: string;
	readonly label: Readonly<
		Record<
			"when" | "when_there" | "before" | "where" | "video" | "repeats" | "guests" | "organizer" | "calendar",
			string
		>
	>;
	readonly allDay: string;
	readonly moreGuests: (count: number) => string;
	readonly repeats: Readonly<Record<"DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" | "other", string>>;
	readonly answerHint: string;
	readonly sentBy: (organizer: string) => string;
	readonly reminder: {
		readonly subject: (title: string, when: string) => string;
		readonly heading: (title: string) => string;
		readonly late: string;
		readonly why: string;
	};
	readonly notice: Readonly<Record<NoticeKind, (name: string) => { readonly subject: string; readonly text: string }>>;
	readonly noticeWhy: string;
	readonly open: string;
}

export type NoticeKind =
	| "connection.reauth_required"
	| "calendar.paused"
	| "event.conflict"
	| "booking.conflict"
	| "payment.problem"
	| "webhook.disabled";

const en: Phrases = {
	locale: "en-GB",
	subject: {
		invitation: (title, when) => `Invitation: ${title} (${when})`,
		update: (title, when) => `Changed: ${title} (${when})`,
		cancellation: (title, when) => `Cancelled: ${title} (${when})`,
	},
	heading: {
		invitation: (organizer) => `${organizer} has invited you to an event.`,
		update: (organizer) => `${organizer} has changed an event that you are invited to.`,
		cancellation: (organizer) => `${organizer} has cancelled this event, or you are no longer invited to it.`,
		occurrence_cancelled: (organizer) => `${organizer} has cancelled this one occurrence. The others stay.`,
	},
	untitled: "Untitled event",
	label: {
		when: "When",
		when_there: "In the event's time zone",
		before: "Before",
		where: "Where",
		video: "Video",
		repeats: "Repeats",
		guests: "Guests",
		organizer: "Organizer",
		calendar: "Calendar",
	},
	allDay: "all day",
	moreGuests: (count) => `and ${count} more`,
	repeats: { DAILY: "daily", WEEKLY: "weekly", MONTHLY: "monthly", YEARLY: "yearly", other: "yes" },
	answerHint: "Answer with your mail program's calendar, or reply to this mail.",
	sentBy: (organizer) => `Sent on behalf of ${organizer}. Replies go to them.`,
	reminder: {
		subject: (title, when) => `Reminder: ${title} (${when})`,
		heading: (title) => `Reminder: ${title}`,
		late: "This reminder is late: the server could not send it in time.",
		why: "You get this as the event has a reminder by e-mail. Your preferences in Kalends switch these off.",
	},
	notice: {
		"connection.reauth_required": (name) => ({
			subject: `Sign in again: ${name}`,
			text: `Kalends can no longer reach ${name}: it has to be signed in again. Until then nothing of it is synced; what you change here waits.`,
		}),
		"calendar.paused": (name) => ({
			subject: `Deletions wait for you: ${name}`,
			text: `Suspiciously many events of ${name} have disappeared with the provider. Kalends has kept them here and asks what is to be done: delete them here too, or keep them.`,
		}),
		"booking.conflict": (name) => ({
			subject: `Paid, but in conflict: ${name}`,
			text: `The booking "${name}" was paid, and it cannot be put into the calendar: its slot was given to something else, or the calendar's provider refuses it. Your bookings say which, and what to do.`,
		}),
		"payment.problem": (name) => ({
			subject: `Paid, but not booked: ${name}`,
			text: `A payment for "${name}" has come that could not be used for it. Look at it among your bookings: agree on another time, or refund it.`,
		}),
		"webhook.disabled": (name) => ({
			subject: `A webhook was disabled: ${name}`,
			text: `Messages to ${name} could not be delivered, or it wants no more of them, so the webhook was disabled. What comes meanwhile is kept for 30 days; resume it when the endpoint is right again.`,
		}),
		"event.conflict": (name) => ({
			subject: `Your change was not kept: ${name}`,
			text: `${name} was changed here and with the provider at the same time. The provider's change was kept; yours is in the event's history and can be restored.`,
		}),
	},
	noticeWhy: "You get this once. Your preferences in Kalends switch such mails off.",
	open: "Open Kalends",
};

const de: Phrases = {
	locale: "de-DE",
	subject: {
		invitation: (title, when) => `Einladung: ${title} (${when})`,
		update: (title, when) => `Geändert: ${title} (${when})`,
		cancellation: (title, when) => `Abgesagt: ${title} (${when})`,
	},
	heading: {
		invitation: (organizer) => `${organizer} hat Sie zu einem Termin eingeladen.`,
		update: (organizer) => `${organizer} hat einen Termin geändert, zu dem Sie eingeladen sind.`,
		cancellation: (organizer) => `${organizer} hat diesen Termin abgesagt, oder Sie sind nicht mehr eingeladen.`,
		occurrence_cancelled: (organizer) => `${organizer} hat nur diesen einen Termin der Reihe abgesagt.`,
	},
	untitled: "Termin ohne Titel",
	label: {
		when: "Wann",
		when_there: "In der Zeitzone des Termins",
		before: "Bisher",
		where: "Wo",
		video: "Video",
		repeats: "Wiederholung",
		guests: "Gäste",
		organizer: "Organisiert von",
		calendar: "Kalender",
	},
	allDay: "ganztägig",
	moreGuests: (count) => `und ${count} weitere`,
	repeats: { DAILY: "täglich", WEEKLY: "wöchentlich", MONTHLY: "monatlich", YEARLY: "jährlich", other: "ja" },
	answerHint: "Antworten Sie im Kalender Ihres Mailprogramms, oder auf diese Nachricht.",
	sentBy: (organizer) => `Im Auftrag von ${organizer} gesendet. Antworten gehen dorthin.`,
	reminder: {
		subject: (title, when) => `Erinnerung: ${title} (${when})`,
		heading: (title) => `Erinnerung: ${title}`,
		late: "Diese Erinnerung kommt verspätet: Der Server konnte sie nicht rechtzeitig senden.",
		why: "Sie erhalten dies, weil der Termin per E-Mail erinnert. In den Einstellungen von Kalends lässt sich das abstellen.",
	},
	notice: {
		"connection.reauth_required": (name) => ({
			subject: `Neu anmelden: ${name}`,
			text: `Kalends erreicht ${name} nicht mehr: Das Konto muss neu angemeldet werden. Bis dahin wird nichts davon abgeglichen; Ihre Änderungen warten.`,
		}),
		"calendar.paused": (name) => ({
			subject: `Löschungen warten auf Sie: ${name}`,
			text: `Auffällig viele Termine von ${name} sind beim Anbieter verschwunden. Kalends hat sie hier behalten und fragt, was geschehen soll: hier auch löschen oder behalten.`,
		}),
		"booking.conflict": (name) => ({
			subject: `Bezahlt, aber im Konflikt: ${name}`,
			text: `Die Buchung „${name}“ wurde bezahlt und kann nicht eingetragen werden: Ihr Termin ist anders vergeben, oder der Anbieter des Kalenders lehnt sie ab. Bei den Buchungen steht, was davon, und was zu tun ist.`,
		}),
		"payment.problem": (name) => ({
			subject: `Bezahlt, aber nicht gebucht: ${name}`,
			text: `Für „${name}“ ist eine Zahlung eingegangen, die dafür nicht verwendet werden konnte. Sehen Sie sie bei den Buchungen an: Vereinbaren Sie eine andere Zeit oder erstatten Sie die Zahlung.`,
		}),
		"webhook.disabled": (name) => ({
			subject: `Ein Webhook wurde abgeschaltet: ${name}`,
			text: `Nachrichten an ${name} konnten nicht zugestellt werden oder werden nicht mehr gewünscht; der Webhook wurde abgeschaltet. Was inzwischen anfällt, wird 30 Tage aufgehoben; schalten Sie ihn wieder ein, wenn der Empfänger bereit ist.`,
		}),
		"event.conflict": (name) => ({
			subject: `Ihre Änderung wurde nicht übernommen: ${name}`,
			text: `${name} wurde hier und beim Anbieter zugleich geändert. Die Änderung des Anbieters gilt; Ihre steht im Verlauf des Termins und lässt sich zurückholen.`,
		}),
	},
	noticeWhy: "Sie erhalten dies einmal. In den Einstellungen von Kalends lassen sich solche Mails abstellen.",
	open: "Kalends öffnen",
};

const CATALOGUE = { en, de } as const satisfies Readonly<Record<string, Phrases>>;

type Language = keyof typeof CATALOGUE;

/** @param locale BCP 47, or null; of a language that is not in the catalogue everything is English, dates too */
export function phrasesIn(locale: string | null): Phrases {
	const language = locale === null ? undefined : new Intl.Locale(locale).language;
	if (language === undefined || !Object.hasOwn(CATALOGUE, language)) return CATALOGUE.en;
	return { ...CATALOGUE[language as Language], ...(locale === null ? {} : { locale }) };
}
