import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.KALENDS_WEBHOOK_SECRET ?? "");

createServer(async (request, response) => {
	try {
		const headers = request.headers as Record<string, string>;
		const { type, data } = webhook.verify(await buffer(request), headers) as { type: string; data: { id: string } };
		console.log(type, data.id);
		response.writeHead(204).end();
	} catch {
		response.writeHead(400).end();
	}
}).listen(Number(process.env.PORT ?? 8080));
