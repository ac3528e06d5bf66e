#!/usr/bin/env node
import { runSandbox } from "./cli.ts";

await runSandbox(process.argv.slice(2));
