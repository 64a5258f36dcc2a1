import { connect, type ConnectOptions, type Credential } from "./client.js";
import { FootballPredictionError } from "./errors.js";
import * as api from "./generated/sdk.gen.js";
import type { Credentials, Pass, User } from "./generated/types.gen.js";
import { repeatable } from "./retry.js";

/** How long before its end an access token is replaced, in milliseconds. */
const early = 30_000;

/** The credential of a signed-in user. It gets a new access token whenever the old one ends. */
export interface Session extends Credential {
  /** Who signed in. */
  readonly user: User;
}

/** Signs a user in. */
export async function openSession(options: Omit<ConnectOptions, "credential">, who: Credentials): Promise<Session> {
  const client = connect(options);
  let asked = Date.now();
  let pass: Pass = await api.signIn({ client, body: who });
  let until = asked + pass.expires_in * 1000;
  let refreshing: Promise<void> | undefined;
  let ended: unknown;

  // A lost answer may be asked for again with the same token for some seconds,
  // which is why the request may come twice. What the server ended stays ended.
  async function refresh(): Promise<void> {
    if (ended !== undefined) throw ended;
    try {
      asked = Date.now();
      pass = await api.refreshSession({ client, body: { refresh_token: pass.refresh_token }, headers: repeatable() });
      until = asked + pass.expires_in * 1000;
    } catch (error) {
      if (error instanceof FootballPredictionError && error.status === 401) ended = error;
      throw error;
    }
  }

  return {
    get user() {
      return pass.user;
    },
    async authorize(headers, fresh) {
      // Another request may have got a new token while this one was refused.
      const refused = fresh && headers.get("Authorization") === `Bearer ${pass.access_token}`;
      if (refused || Date.now() > until - early) {
        refreshing ??= refresh().finally(() => (refreshing = undefined));
        await refreshing;
      }
      headers.set("Authorization", `Bearer ${pass.access_token}`);
      return true;
    },
  };
}
