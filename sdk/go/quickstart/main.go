// Quickstart lists what is forecast next, and shows a refusal.
//
//	FOOTBALL_PREDICTION_URL=http://127.0.0.1:8080 FOOTBALL_PREDICTION_API_KEY=fp_… go run ./quickstart
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	footballprediction "github.com/football-prediction/football-prediction/sdk/go"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	client, err := footballprediction.New(os.Getenv("FOOTBALL_PREDICTION_URL"), footballprediction.APIKey(os.Getenv("FOOTBALL_PREDICTION_API_KEY")))
	if err != nil {
		return err
	}

	// Every page of a list, asked for as the loop goes on.
	competitions := 0
	for competition, err := range footballprediction.All(ctx, client.ListCompetitionsWithResponse, &footballprediction.ListCompetitionsParams{}) {
		if err != nil {
			return err
		}
		competitions++
		fmt.Printf("competition %s\n", competition.Code)
	}

	// Of a long list, stop when you have enough.
	shown := 0
	params := footballprediction.ListForecastsParams{Limit: footballprediction.Ref[int64](2)}
	for forecast, err := range footballprediction.All(ctx, client.ListForecastsWithResponse, &params) {
		if err != nil {
			return err
		}
		o := forecast.Outcome
		fmt.Printf("forecast %s - %s: %.2f %.2f %.2f\n", forecast.Match.Home.Name, forecast.Match.Away.Name, o.Home, o.Draw, o.Away)
		if shown++; shown == 5 {
			break
		}
	}

	// A refusal is an error with a stable name.
	_, err = client.GetModelWithResponse(ctx, "no-such-model", nil)
	var refused *footballprediction.Error
	if !errors.As(err, &refused) {
		return fmt.Errorf("a model that is not there: %v", err)
	}
	fmt.Printf("refused %d %s\n", refused.Status, refused.Code())
	fmt.Printf("%d competitions, %d forecasts\n", competitions, shown)
	return nil
}
