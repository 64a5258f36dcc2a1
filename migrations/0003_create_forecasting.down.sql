DROP TABLE team_ratings, settlements, forecasts, model_promotions, champion, models;
