const API_KEY = /^kal_[\x21-\x7e]{8,508}$/;

/** Whether this can be an API key: `kal_` and 8 to 508 characters that a header can carry. */
export function isApiKey(text: string): boolean {
	return API_KEY.test(text);
}
