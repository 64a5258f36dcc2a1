import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import {
  all,
  apiKey,
  connect,
  createPrediction,
  FootballPredictionError,
  listCompetitions,
  listMatches,
  openSession,
  repeatable,
  type Client,
} from "../src/index.js";

const quick = { first: 1, longest: 2000 };
const nothing = { items: [], next_cursor: null };

interface Call {
  n: number;
  url: URL;
  body: string;
  request: IncomingMessage;
}

/** A server that answers the n-th request, counted from one, with what answer says. */
async function serve(t: TestContext, answer: (call: Call, response: ServerResponse) => void): Promise<{ url: string; count: () => number }> {
  let n = 0;
  const server = createServer(async (request, response) => {
    const call = { n: ++n, url: new URL(request.url ?? "", "http://x"), body: "", request };
    for await (const part of request) call.body += part;
    answer(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => n };
}

function tell(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", "X-Request-ID": "the-request", ...headers });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  const problem = { type: `urn:football-prediction:problem:${code}`, title: "no", status, detail: "not now", instance: "urn:x" };
  tell(response, status, problem, { "Content-Type": "application/problem+json", ...headers });
}

const get = (client: Client) => listCompetitions({ client });
const post = (headers: Record<string, string> = {}) => (client: Client) =>
  createPrediction({ client, headers, body: { match_id: "m", confidence: 0.6, outcome: "home" } });

for (const [name, status, call, want] of [
  ["a GET that met 503", 503, get, 3],
  ["a GET that met 429", 429, get, 3],
  ["a POST that met 429", 429, post(), 3],
  ["a POST that met 503", 503, post(), 1],
  ["a repeatable POST that met 503", 503, post(repeatable()), 3],
  ["a GET that met 500", 500, get, 1],
  ["a GET of what is not there", 404, get, 1],
  ["a GET with a key that was revoked", 401, get, 1],
] as const) {
  test(`asked again: ${name}`, async (t) => {
    const seen = new Set<string>();
    const server = await serve(t, ({ n, body, request }, response) => {
      seen.add(`${request.headers["idempotency-key"]} ${request.headers["x-api-key"]} ${body}`);
      if (n < 3) refuse(response, status, "later");
      else tell(response, request.method === "GET" ? 200 : 201, nothing);
    });
    const asked = call(connect({ url: server.url, credential: apiKey("fp_live_test"), retries: quick }));
    if (want === 1) {
      await assert.rejects(asked, (e: FootballPredictionError) => e.status === status && e.code === "later" && e.requestId === "the-request");
    } else {
      await asked;
    }
    assert.equal(server.count(), want);
    assert.equal(seen.size, 1, `the attempts differ: ${[...seen].join(" | ")}`);
  });
}

test("Retry-After is heeded", async (t) => {
  const soon = await serve(t, ({ n }, response) => {
    if (n === 1) refuse(response, 429, "quota.api_calls", { "Retry-After": "1" });
    else tell(response, 200, nothing);
  });
  const began = performance.now();
  await get(connect({ url: soon.url, retries: quick }));
  assert.ok(performance.now() - began >= 990);
  assert.equal(soon.count(), 2);

  const late = await serve(t, (_, response) => refuse(response, 429, "quota.api_calls", { "Retry-After": "3600" }));
  await assert.rejects(get(connect({ url: late.url, retries: quick })), (e: FootballPredictionError) => e.retryAfter === 3600);
  assert.equal(late.count(), 1);

  const stop = AbortSignal.timeout(50);
  const away = await serve(t, (_, response) => refuse(response, 503, "away", { "Retry-After": "1" }));
  await assert.rejects(listCompetitions({ client: connect({ url: away.url, retries: quick }), signal: stop }), { name: "TimeoutError" });
});

test("strangers' answers are errors too", async (t) => {
  const server = await serve(t, (_, response) => response.writeHead(502).end("<html>bad gateway</html>"));
  await assert.rejects(get(connect({ url: server.url })), (e: FootballPredictionError) => e.status === 502 && e.message.includes("bad gateway"));
  for (const url of ["", "example.com", "ftp://example.com"]) assert.throws(() => connect({ url }), TypeError);
  await assert.rejects(get(connect({ url: "http://127.0.0.1:1", retries: { attempts: 2, first: 1 } })), TypeError);
});

test("all walks the pages", async (t) => {
  const next: Record<string, string | null> = { "": "one", one: "two", two: null };
  const server = await serve(t, ({ url }, response) => {
    const at = url.searchParams.get("cursor") ?? "";
    assert.equal(url.searchParams.get("status"), "scheduled");
    tell(response, 200, { items: [{ round: `of ${at}` }, { round: `of ${at}` }], next_cursor: next[at] });
  });
  const client = connect({ url: server.url });
  const rounds: string[] = [];
  for await (const match of all((query) => listMatches({ client, query }), { status: "scheduled" as const })) rounds.push(match.round);
  assert.deepEqual(rounds, ["of ", "of ", "of one", "of one", "of two", "of two"]);
  assert.equal(server.count(), 3);
});

test("a session stays fresh", async (t) => {
  let refreshes = 0;
  let signIns = 0;
  let ended = false;
  let refused = 0;
  const pass = () => ({ access_token: `token-${refreshes}`, refresh_token: "r", expires_in: 900, token_type: "Bearer", user: { name: "Ada" } });
  const server = await serve(t, ({ url, request }, response) => {
    if (url.pathname.endsWith("/auth/login")) {
      signIns++;
      tell(response, 200, pass());
    } else if (url.pathname.endsWith("/auth/refresh")) {
      if (ended) {
        refused++;
        refuse(response, 401, "auth.session_ended");
        return;
      }
      refreshes++;
      tell(response, 200, pass());
    } else if (ended || request.headers.authorization !== "Bearer token-1") {
      refuse(response, 401, "access.unauthenticated");
    } else {
      tell(response, 200, nothing);
    }
  });
  const session = await openSession({ url: server.url, retries: quick }, { tenant: "acme", email: "ada@example.com", password: "x" });
  assert.equal(session.user.name, "Ada");
  const client = connect({ url: server.url, credential: session, retries: quick });
  await Promise.all(Array.from({ length: 20 }, () => get(client)));
  assert.deepEqual([signIns, refreshes], [1, 1]);

  ended = true;
  for (let i = 0; i < 3; i++) await assert.rejects(get(client), (e: FootballPredictionError) => e.code === "auth.session_ended");
  assert.equal(refused, 1);
});
