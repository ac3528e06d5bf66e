/**
 * "€12.50" of an amount in the currency's smallest unit, as payment systems give it.
 * @param currency ISO 4217, in either case
 */
export function moneyText(amount: number, currency: string, locale: string): string {
	try {
		const format = new Intl.NumberFormat(locale, { style: "currency", currency });
		const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
		return format.format(amount / 10 ** digits);
	} catch {
		return `${amount} ${currency}`;
	}
}
