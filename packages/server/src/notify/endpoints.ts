import type { Endpoint } from "../http/endpoint.ts";
import { listMails, retryMail } from "./mail/mail-endpoints.ts";
import { getMailSettings, patchMailSettings } from "./mail/settings-endpoints.ts";
import {
	dismissNotification,
	dismissNotifications,
	getNotification,
	listNotifications,
	snoozeNotification,
} from "./notifications/notification-endpoints.ts";
import { getNotificationPreferences, patchNotificationPreferences } from "./preferences-endpoints.ts";

export const notifyEndpoints: readonly Endpoint[] = [
	listNotifications,
	getNotification,
	dismissNotifications,
	snoozeNotification,
	dismissNotification,
	getNotificationPreferences,
	patchNotificationPreferences,
	listMails,
	retryMail,
	getMailSettings,
	patchMailSettings,
];
