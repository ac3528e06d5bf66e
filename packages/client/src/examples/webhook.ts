import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { verifyWebhook, WebhookError } from "@kalends/client";

const secret = process.env.KALENDS_WEBHOOK_SECRET ?? "";

createServer(async (request, response) => {
	try {
		const message = await verifyWebhook(await buffer(request), request.headers, { secret });
		console.log(message.type, message.data);
		response.writeHead(204).end();
	} catch (error) {
		if (!(error instanceof WebhookError)) throw error;
		// A replay was dealt with when it came first.
		response.writeHead(error.code === "replayed" ? 204 : 400).end();
	}
}).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
