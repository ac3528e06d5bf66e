import { z } from "zod";
import { isLoopback } from "../accounts/first-account.ts";
import { hasUsers } from "../accounts/users.ts";
import { endpoint } from "../http/endpoint.ts";

const InstanceSchema = z
	.strictObject({
		first_account: z
			.enum(["open", "code"])
			.nullable()
			.describe("Whether the first account is still to be made: by whoever comes, or by who has the one-time code."),
		signup: z.boolean().describe("Whether people can make accounts themselves."),
		google: z.boolean().describe("Whether Google accounts can be connected, and signed in with."),
	})
	.meta({ id: "Instance" });

/** What a person who is not signed in can do here. */
export const showInstance = endpoint({
	method: "GET",
	path: "/v1/instance",
	operationId: "getInstance",
	summary: "What can be done here",
	description: "For pages that people see before they sign in.",
	tag: "operation",
	access: { kind: "public" },
	responses: { 200: InstanceSchema },
	async handle({ services }) {
		const { config, db } = services;
		const isFirst = !(await hasUsers(db));
		return {
			status: 200,
			body: {
				first_account: isFirst ? (isLoopback(config) ? "open" : "code") : null,
				signup: !isFirst && config.signup === "open",
				google: config.oauth.google.client !== null,
			},
		};
	},
});
