import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientTypes } from "./client-types.ts";
import { currentDocument } from "./openapi-document.ts";

/** `npm run generate`: brings the types of the client up to the server's OpenAPI document. */
writeFileSync(join(import.meta.dirname, "../packages/client/src/api.gen.ts"), clientTypes(await currentDocument()));
