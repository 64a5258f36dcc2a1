DROP TABLE prediction_results, prediction_standings, predictions;
