/** The thread that expands expensive series: JSON in, JSON out; see `expansion-pool.ts`. */
import { parentPort } from "node:worker_threads";
import { expandSeries } from "@kalends/model";
import { answerOf, type ExpansionTask } from "./expansion-task.ts";

const port = parentPort;
if (port === null) throw new Error("expansion-worker.ts runs as a worker thread only");

port.on("message", (text: string) => {
	const { series, range, options }: ExpansionTask = JSON.parse(text);
	port.postMessage(JSON.stringify(answerOf(expandSeries(series, range, options), series)));
});
port.postMessage("ready");
