// Package footballprediction is the client of the Football Prediction API.
//
//	client, err := footballprediction.New("https://api.example.com", footballprediction.APIKey(key))
//	forecast, err := client.GetMatchForecastWithResponse(ctx, id, nil)
//	fmt.Println(forecast.JSON200.Outcome.Home)
//
// generated.go is made from the API's OpenAPI document: one method for each
// operation, which ends in WithResponse, and one type for each schema. The
// other files are what every caller needs beside them: an answer that is no
// success is an [*Error], what was refused for a moment is tried again
// ([Retries]), and [All] walks the pages of a list.
package footballprediction
