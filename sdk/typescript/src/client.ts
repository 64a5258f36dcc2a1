import { createClient, createConfig, type Client } from "./generated/client/index.js";
import { errorOf } from "./errors.js";
import { patience, retrying, type Retries } from "./retry.js";

/** Says who calls: {@link apiKey}, {@link accessToken}, or a session of {@link signIn}. */
export interface Credential {
  /**
   * Adds the credential to a request's headers. Fresh asks for another than the
   * one the server just refused.
   *
   * @returns whether there is one.
   */
  authorize(headers: Headers, fresh: boolean): boolean | Promise<boolean>;
}

/** The credential of a program, fp_live_…. */
export function apiKey(key: string): Credential {
  return header("X-API-Key", key);
}

/** The credential of a signed-in user, for some minutes; a session keeps one fresh. */
export function accessToken(token: string): Credential {
  return header("Authorization", `Bearer ${token}`);
}

function header(name: string, value: string): Credential {
  return {
    authorize(headers, fresh) {
      headers.set(name, value);
      return !fresh;
    },
  };
}

export interface ConnectOptions {
  /** The address of the API, such as https://api.example.com. */
  url: string;
  /** Who calls; may be left out for what needs no credential. */
  credential?: Credential;
  /** How often, and how patiently, requests are sent again. */
  retries?: Partial<Retries>;
  /** How long an attempt may take, in milliseconds. Default: 30,000. */
  timeout?: number;
  /** Sends requests in place of the global fetch. */
  fetch?: typeof fetch;
}

/**
 * A client of the API at an address. Its operations throw a
 * FootballPredictionError for every answer that is no success.
 */
export function connect(options: ConnectOptions): Client {
  const address = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (address?.protocol !== "http:" && address?.protocol !== "https:") {
    throw new TypeError("football prediction: the address must be a URL such as https://api.example.com");
  }
  const client = createClient(createConfig({ baseUrl: options.url.replace(/\/+$/, ""), throwOnError: true, fetch: sender(options) as typeof fetch }));
  client.interceptors.error.use((error, response) => (response === undefined ? error : errorOf(error, response)));
  return client;
}

/** Sends requests with the credential, again when that helps. */
function sender(options: ConnectOptions): (request: Request) => Promise<Response> {
  const timeout = options.timeout ?? 30_000;
  const send = (options.fetch ?? globalThis.fetch).bind(globalThis);
  const bounded = ((request: Request) =>
    send(new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]) }))) as typeof fetch;
  const again = retrying(bounded, { ...patience, ...options.retries });
  return async (request) => {
    if (options.credential === undefined) return again(request);
    await options.credential.authorize(request.headers, false);
    const spare = request.clone();
    const response = await again(request);
    if (response.status !== 401 || !(await options.credential.authorize(spare.headers, true))) return response;
    await response.body?.cancel();
    return again(spare);
  };
}
