import type { Endpoint } from "../http/endpoint.ts";
import { listAdminConnections } from "./admin-connections.ts";
import { createConnection } from "./create-connection.ts";
import { deleteConnection } from "./delete-connection.ts";
import { getConnection } from "./get-connection.ts";
import { listConnections } from "./list-connections.ts";
import { listRuns } from "./list-runs.ts";
import { syncConnection } from "./sync-connection.ts";
import { updateConnection } from "./update-connection.ts";

export const connectionEndpoints: readonly Endpoint[] = [
	createConnection,
	listConnections,
	getConnection,
	updateConnection,
	deleteConnection,
	syncConnection,
	listRuns,
	listAdminConnections,
];
