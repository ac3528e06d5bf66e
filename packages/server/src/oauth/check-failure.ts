/** What a look at the set-up found wrong: a sentence for the operator, with the fix, and a stable code. */
export class CheckFailure extends Error {
	override readonly name = "CheckFailure";
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}
