let open = 0;
const ask = (event: BeforeUnloadEvent) => event.preventDefault();

/** While the server has not answered a write, the browser asks whoever leaves the page. @returns what `write` does */
export async function unanswered<T>(write: Promise<T>): Promise<T> {
	open += 1;
	if (open === 1) addEventListener("beforeunload", ask);
	try {
		return await write;
	} finally {
		open -= 1;
		if (open === 0) removeEventListener("beforeunload", ask);
	}
}
