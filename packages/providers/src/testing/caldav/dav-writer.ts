/** How a server writes its XML: all of it is legal, or seen in the wild. */
export interface WritingStyle {
	/** Prefix of `DAV:`; empty for the default namespace. Default `D`. */
	readonly prefix?: string;
	/** calendar-data in CDATA sections. */
	readonly cdata?: boolean;
	readonly contentType?: string;
	/** How the path of a resource becomes an href. */
	readonly href?: (path: string) => string;
}

export interface WrittenResponse {
	readonly path: string;
	/** In place of propstats. */
	readonly status?: number;
	/** Pieces of XML that use the prefixes of `propertyWriter`. */
	readonly props?: readonly string[];
	/** Names in DAV: that are reported as 404. */
	readonly missing?: readonly string[];
	readonly precondition?: string;
}

export class DavWriter {
	readonly #style: WritingStyle;
	readonly #prefix: string;

	constructor(style: WritingStyle) {
		this.#style = style;
		const prefix = style.prefix ?? "D";
		this.#prefix = prefix === "" ? "" : `${prefix}:`;
	}

	get contentType(): string {
		return this.#style.contentType ?? "application/xml; charset=utf-8";
	}

	/** An element in `DAV:`. */
	d(local: string, content: string): string {
		return `<${this.#prefix}${local}>${content}</${this.#prefix}${local}>`;
	}

	/** An element of CalDAV. */
	c(local: string, content: string): string {
		return `<cal:${local}>${content}</cal:${local}>`;
	}

	ctag(value: string): string {
		return `<cs:getctag>${escapeXml(value)}</cs:getctag>`;
	}

	data(ics: string): string {
		if (this.#style.cdata) return this.c("calendar-data", `<![CDATA[${ics.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`);
		return this.c("calendar-data", escapeXml(ics).replaceAll("\r", "&#13;"));
	}

	href(path: string): string {
		return this.d("href", escapeXml(this.#style.href?.(path) ?? path));
	}

	response(response: WrittenResponse): string {
		const { path, status, props, missing, precondition } = response;
		const parts = [this.href(path)];
		if (status !== undefined) parts.push(this.#status(status));
		if (props !== undefined) parts.push(this.d("propstat", this.d("prop", props.join("")) + this.#status(200)));
		if (missing !== undefined && missing.length > 0) {
			const names = missing.map((name) => this.d(name, "")).join("");
			parts.push(this.d("propstat", this.d("prop", names) + this.#status(404)));
		}
		if (precondition !== undefined) parts.push(this.d("error", this.precondition(precondition)));
		return this.d("response", parts.join(""));
	}

	multistatus(responses: readonly string[], token?: string): string {
		const end = token === undefined ? "" : this.d("sync-token", escapeXml(token));
		return this.document("multistatus", responses.join("\n") + end);
	}

	error(precondition: string, sentence = ""): string {
		const words =
			sentence === "" ? "" : `<s:message xmlns:s="http://sabredav.org/ns">${escapeXml(sentence)}</s:message>`;
		return this.document("error", this.precondition(precondition) + words);
	}

	/** An element in `DAV:`, or of CalDAV where it begins with `C:`; nothing for no name. */
	precondition(name: string): string {
		if (name === "") return "";
		return name.startsWith("C:") ? this.c(name.slice(2), "") : this.d(name, "");
	}

	document(local: string, content: string): string {
		const bound = this.#prefix === "" ? 'xmlns="DAV:"' : `xmlns:${this.#prefix.slice(0, -1)}="DAV:"`;
		const others = 'xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"';
		return `<?xml version="1.0" encoding="utf-8"?>\n<${this.#prefix}${local} ${bound} ${others}>${content}</${this.#prefix}${local}>`;
	}

	#status(status: number): string {
		return this.d("status", `HTTP/1.1 ${status} Whatever`);
	}
}

function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
