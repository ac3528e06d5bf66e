import { expect, it } from "vitest";
import { moneyText } from "./money.ts";

it.each([
	[1250, "eur", "€12.50"],
	[1250, "JPY", "¥1,250"],
	[1250, "nonsense", "1250 nonsense"],
])("%d in %s's smallest unit is %s", (amount, currency, text) => {
	expect(moneyText(amount, currency, "en").replace("JP¥", "¥")).toBe(text);
});
