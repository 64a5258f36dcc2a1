// Lists what is forecast next, and shows a refusal.
//
//     FOOTBALL_PREDICTION_URL=http://127.0.0.1:8080 FOOTBALL_PREDICTION_API_KEY=fp_… npm run quickstart
import { all, apiKey, connect, FootballPredictionError, getModel, listCompetitions, listForecasts } from "../src/index.js";

const client = connect({
  url: process.env.FOOTBALL_PREDICTION_URL ?? "",
  credential: apiKey(process.env.FOOTBALL_PREDICTION_API_KEY ?? ""),
});

// Every page of a list, asked for as the loop goes on.
let competitions = 0;
for await (const competition of all((query) => listCompetitions({ client, query }))) {
  competitions++;
  console.log(`competition ${competition.code}`);
}

// Of a long list, stop when you have enough.
let shown = 0;
for await (const { match, outcome } of all((query) => listForecasts({ client, query }), { limit: 2 })) {
  const chances = [outcome.home, outcome.draw, outcome.away].map((p) => p.toFixed(2));
  console.log(`forecast ${match.home.name} - ${match.away.name}: ${chances.join(" ")}`);
  if (++shown === 5) break;
}

// A refusal is an error with a stable name.
try {
  await getModel({ client, path: { version: "no-such-model" } });
  throw new Error("a model that is not there was found");
} catch (error) {
  if (!(error instanceof FootballPredictionError)) throw error;
  console.log(`refused ${error.status} ${error.code}`);
}
console.log(`${competitions} competitions, ${shown} forecasts`);
