import type { Notification } from "@kalends/client";
import { expect, it } from "vitest";
import { read } from "./read.ts";

function notification(type: string, data: Notification["data"]): Notification {
	return {
		id: "ntf_1",
		type,
		state: "active",
		snoozed_until: null,
		connection_id: null,
		calendar_id: null,
		event_id: "evt_1",
		data,
		created_at: "2026-12-07T08:00:00Z",
	};
}

const start = { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" };
const end = { date_time: "2026-12-07T10:00:00+01:00", time_zone: "Europe/Berlin" };

it("reads a reminder; only what a browser opens lets one in", () => {
	const told = { title: "Stand-up", location: "Room 1", start, end, minutes: 10, late: true };
	const url = "https://meet.example.org/a";
	expect(read(notification("occurrence.reminder", { ...told, conference_url: url }))).toEqual({
		kind: "reminder",
		title: "Stand-up",
		location: "Room 1",
		join: url,
		start,
		end,
		late: true,
		eventId: "evt_1",
	});
	const hostile = read(notification("occurrence.reminder", { ...told, conference_url: "javascript:alert(1)" }));
	expect(hostile).toMatchObject({ join: null });
});

it("reads what an owner has to know, and names what it does not know", () => {
	expect(read(notification("connection.reauth_required", { name: "Work" }))).toMatchObject({
		kind: "reauth",
		name: "Work",
	});
	expect(read(notification("event.conflict", { title: "Lunch" }))).toMatchObject({ kind: "conflict", name: "Lunch" });
	const url = "https://example.org/hook";
	expect(read(notification("webhook.disabled", { url }))).toMatchObject({ kind: "webhook", name: url });
	expect(read(notification("booking.conflict", { title: "Lesson" }))).toMatchObject({
		kind: "booking",
		name: "Lesson",
	});
	expect(read(notification("payment.problem", { title: "Lesson" }))).toMatchObject({ kind: "booking", name: "Lesson" });
	expect(read(notification("moon.full", {}))).toMatchObject({ kind: "other", type: "moon.full", name: "" });
	expect(read(notification("occurrence.reminder", { start: 7 }))).toMatchObject({ kind: "other" });
});
