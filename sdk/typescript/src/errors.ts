import type { Problem } from "./generated/types.gen.js";

const prefix = "urn:football-prediction:problem:";

/**
 * An answer that is no success: a problem document (RFC 9457).
 *
 *     catch (error) {
 *       if (error instanceof FootballPredictionError && error.code === "match.unknown") …
 *     }
 */
export class FootballPredictionError extends Error {
  /** The stable name of the kind of problem, such as match.unknown. */
  readonly code: string;

  constructor(
    /** The HTTP status; 304 when If-None-Match was sent and still fits. */
    readonly status: number,
    /** The problem as the server told it. */
    readonly problem: Partial<Problem>,
    /** Names the request when you report the problem. */
    readonly requestId: string,
    /** When to come back, in seconds, as far as the server said so. */
    readonly retryAfter?: number,
  ) {
    const code = (problem.type ?? "about:blank").replace(prefix, "");
    const places = (problem.errors ?? []).map((e) => `; ${e.location}: ${e.message}`).join("");
    super(`football prediction: ${status} ${code}: ${problem.detail ?? ""}${places} (request ${requestId})`);
    this.name = "FootballPredictionError";
    this.code = code;
  }
}

/** What the server, or whatever stands before it, answered with. */
export function errorOf(body: unknown, response: Response): FootballPredictionError {
  const isProblem = typeof body === "object" && body !== null && "type" in body;
  const problem: Partial<Problem> = isProblem ? (body as Problem) : { detail: `no problem document: ${String(body).slice(0, 200)}` };
  return new FootballPredictionError(response.status, problem, response.headers.get("X-Request-ID") ?? "", retryAfter(response));
}

/** Retry-After in seconds, from seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(response: Response): number | undefined {
  const text = response.headers.get("Retry-After");
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
