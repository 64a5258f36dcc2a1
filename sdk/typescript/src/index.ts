export * from "./generated/sdk.gen.js";
export type * from "./generated/types.gen.js";
export type { Client } from "./generated/client/index.js";
export { accessToken, apiKey, connect, type ConnectOptions, type Credential } from "./client.js";
export { FootballPredictionError } from "./errors.js";
export { all, type Page } from "./pages.js";
export { repeatable, type Retries } from "./retry.js";
export { openSession, type Session } from "./session.js";
