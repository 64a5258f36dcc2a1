DROP TABLE match_odds, matches, team_aliases, teams, seasons, competitions;
