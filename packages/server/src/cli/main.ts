#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { resolve } from "node:path";

// Halves the time to load. In the checkout, as whoever can write there can change the program anyway.
enableCompileCache(resolve(import.meta.dirname, "../../../../node_modules/.cache/kalends"));
const { runProgram } = await import("./program.ts");
await runProgram();
