import { Kalends } from "@kalends/client";
import Stripe from "stripe";

const kalends = new Kalends({ url: process.env.KALENDS_URL, apiKey: process.env.KALENDS_KEY });
const booking = await kalends.bookings.create({
	calendar_id: process.env.CALENDAR_ID ?? "",
	title: "Piano lesson",
	start: { date_time: "2030-12-10T10:00:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2030-12-10T11:00:00", time_zone: "Europe/Berlin" },
	participants: [{ email: "teacher@example.com" }],
	hold_seconds: 1800,
});

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY ?? "");
const session = await stripe.checkout.sessions.create({
	mode: "payment",
	line_items: [
		{ quantity: 1, price_data: { currency: "eur", unit_amount: 5000, product_data: { name: booking.title } } },
	],
	metadata: booking.metadata,
	payment_intent_data: { metadata: booking.metadata },
	expires_at: Math.floor(Date.now() / 1000) + 1860,
	success_url: "https://example.com/thanks",
});
console.log(session.url);
