import { retryAfter } from "./errors.js";

/**
 * How often, and how patiently, a request is sent again.
 *
 * What is sent again: a request that was refused before anything was done (429),
 * and one that found a system away (503) or broke on the way, if it may come
 * twice: GET, HEAD, PUT and DELETE, and any with an Idempotency-Key
 * ({@link repeatable}).
 */
export interface Retries {
  /** How often a request is sent at most; 1 for never again. Default: 4. */
  attempts: number;
  /** The wait before the second attempt in milliseconds; it doubles. Default: 500. */
  first: number;
  /** The longest wait in milliseconds. A Retry-After beyond it ends the attempts. Default: 30,000. */
  longest: number;
}

export const patience: Retries = { attempts: 4, first: 500, longest: 30_000 };

const idempotent = new Set(["GET", "HEAD", "PUT", "DELETE"]);

/** Whether a request may reach the server twice (RFC 9110, 9.2.2). */
function twice(request: Request): boolean {
  return idempotent.has(request.method) || request.headers.has("Idempotency-Key");
}

/** A fetch that sends again what {@link Retries} says. */
export function retrying(send: typeof fetch, retries: Retries): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= retries.attempts;
      let response: Response | undefined;
      try {
        response = await send(last ? request : request.clone());
      } catch (error) {
        if (last || request.signal.aborted || !twice(request)) throw error;
      }
      if (response !== undefined && (last || !refusedForNow(request, response))) return response;
      const wait = waitOf(attempt, retries, response);
      if (response !== undefined && wait > retries.longest) return response;
      await response?.body?.cancel();
      await sleep(wait, request.signal);
    }
  };
}

function refusedForNow(request: Request, response: Response): boolean {
  return response.status === 429 || (response.status === 503 && twice(request));
}

/**
 * What the server says, else a random part of a time that doubles: callers that
 * were refused together must not come back together.
 */
function waitOf(attempt: number, retries: Retries, response: Response | undefined): number {
  const spread = Math.min(retries.first * 2 ** (attempt - 1), retries.longest);
  const told = response === undefined ? undefined : retryAfter(response);
  if (told !== undefined && told > 0) {
    const jitter = Math.random() * Math.min(spread, told * 250);
    return told * 1000 > retries.longest ? told * 1000 : Math.min(told * 1000 + jitter, retries.longest);
  }
  return spread / 2 + (Math.random() * spread) / 2;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Headers with a new Idempotency-Key: the request takes effect once however
 * often it arrives, and is sent again when it finds a system away.
 *
 *     await createPrediction({ client, body, headers: repeatable() });
 */
export function repeatable(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
