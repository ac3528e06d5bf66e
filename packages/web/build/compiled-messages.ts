import type { PluginObj, types } from "@babel/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";

/**
 * Babel plugin behind Lingui's macros: the ICU message that a macro leaves in the code becomes what it compiles to, so that
 * the browser needs no parser for them. Lingui's runtime takes both forms.
 */
export function compiledMessages({ types: t }: { readonly types: typeof types }): PluginObj {
	return {
		name: "compiled-messages",
		visitor: {
			ObjectExpression(path) {
				const property = (name: string) =>
					path.node.properties.find(
						(part): part is types.ObjectProperty => t.isObjectProperty(part) && t.isIdentifier(part.key, { name }),
					);
				const message = property("message");
				if (property("id") === undefined || message === undefined || !t.isStringLiteral(message.value)) return;
				const compiled = compileMessage(message.value.value);
				if (typeof compiled !== "string") message.value = t.valueToNode(compiled);
			},
		},
	};
}
