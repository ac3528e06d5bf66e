import type { EditFault } from "@kalends/model";
import type { FieldFault } from "../../http/errors.ts";

/** Faults of a planned edit as those of the request's fields; what is wrong with the id's meaning is the scope's. */
export function fieldFaults(faults: readonly EditFault[]): FieldFault[] {
	return faults.map(({ code, field, detail, fix }) => ({
		field: code === "not_an_occurrence" ? "scope" : field.replace(/\.(\d+)/g, "[$1]"),
		detail: fix === undefined ? detail : `${detail} ${fix}`,
	}));
}
