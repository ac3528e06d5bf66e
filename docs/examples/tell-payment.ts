import { Webhook } from "standardwebhooks";

const body = JSON.stringify({
	type: "payment.succeeded", // or payment.failed, payment.refunded (in full)
	timestamp: new Date().toISOString(),
	data: { id: "pay_1", booking_id: process.env.BOOKING_ID, email: "payer@example.com", name: "Pia Payer" },
});
const id = "msg_1"; // used once
const at = new Date();
const answer = await fetch(`${process.env.KALENDS_URL}/webhooks/payments`, {
	method: "POST",
	body,
	headers: {
		"content-type": "application/json",
		"webhook-id": id,
		"webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
		"webhook-signature": new Webhook(process.env.PAYMENTS_WEBHOOK_SECRET ?? "").sign(id, at, body),
	},
});
console.log(answer.status, await answer.json());
