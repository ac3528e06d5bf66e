export { type GoogleOptions, googleProvider } from "./provider.ts";
