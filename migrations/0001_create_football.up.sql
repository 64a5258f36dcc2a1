-- Competitions, teams, matches and odds are shared by all tenants.

CREATE TABLE competitions (
    code       text PRIMARY KEY CHECK (code ~ '^[^A-Z[:space:]]{1,64}$'),
    name       text NOT NULL,
    country    text NOT NULL,
    time_zone  text NOT NULL,
    source     text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE seasons (
    competition_code text NOT NULL REFERENCES competitions,
    label            text NOT NULL,
    first_year       smallint NOT NULL,
    last_year        smallint NOT NULL,
    source           text NOT NULL,
    PRIMARY KEY (competition_code, label),
    CHECK (last_year BETWEEN first_year AND first_year + 1)
);

CREATE TABLE teams (
    id         uuid PRIMARY KEY,
    country    text NOT NULL,
    key        text NOT NULL,
    name       text NOT NULL,
    source     text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (country, key)
);
CREATE INDEX teams_by_name ON teams (name, id);

COMMENT ON COLUMN teams.key IS 'what every spelling of the name comes down to within the country';

CREATE TABLE team_aliases (
    country text NOT NULL,
    alias   text NOT NULL,
    team_id uuid NOT NULL REFERENCES teams,
    source  text NOT NULL,
    PRIMARY KEY (country, alias)
);
CREATE INDEX team_aliases_by_team ON team_aliases (team_id);

CREATE TABLE matches (
    id                uuid PRIMARY KEY,
    competition_code  text NOT NULL,
    season            text NOT NULL,
    home_team_id      uuid NOT NULL REFERENCES teams,
    away_team_id      uuid NOT NULL REFERENCES teams,
    leg               smallint NOT NULL CHECK (leg BETWEEN 1 AND 9),
    kick_off          timestamptz NOT NULL,
    time_known        boolean NOT NULL,
    round             text,
    status            text NOT NULL CHECK (status IN ('scheduled', 'postponed', 'finished', 'abandoned', 'cancelled')),
    home_goals        smallint,
    away_goals        smallint,
    ht_home_goals     smallint,
    ht_away_goals     smallint,
    home_shots        smallint,
    away_shots        smallint,
    home_on_target    smallint,
    away_on_target    smallint,
    home_corners      smallint,
    away_corners      smallint,
    home_yellow       smallint,
    away_yellow       smallint,
    home_red          smallint,
    away_red          smallint,
    source            text NOT NULL,
    source_ref        text NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    result_changed_at timestamptz,
    UNIQUE (competition_code, season, home_team_id, away_team_id, leg),
    FOREIGN KEY (competition_code, season) REFERENCES seasons,
    CHECK (home_team_id <> away_team_id),
    CHECK ((status = 'finished') = (home_goals IS NOT NULL AND away_goals IS NOT NULL)),
    CHECK (home_goals BETWEEN 0 AND 40 AND away_goals BETWEEN 0 AND 40),
    CHECK (ht_home_goals <= home_goals AND ht_away_goals <= away_goals)
);
CREATE INDEX matches_by_kick_off ON matches (kick_off, id);
CREATE INDEX matches_by_competition ON matches (competition_code, kick_off, id);
CREATE INDEX matches_by_home ON matches (home_team_id, kick_off, id);
CREATE INDEX matches_by_away ON matches (away_team_id, kick_off, id);

COMMENT ON COLUMN matches.kick_off IS 'UTC; midnight of the day when time_known is false';
COMMENT ON COLUMN matches.leg IS 'tells apart meetings of one pair at one ground in a season';

CREATE TABLE match_odds (
    match_id   uuid NOT NULL REFERENCES matches ON DELETE CASCADE,
    bookmaker  text NOT NULL,
    stage      text NOT NULL CHECK (stage IN ('pre_match', 'closing')),
    quoted_at  timestamptz,
    home       double precision NOT NULL CHECK (home BETWEEN 1.01 AND 1000),
    draw       double precision NOT NULL CHECK (draw BETWEEN 1.01 AND 1000),
    away       double precision NOT NULL CHECK (away BETWEEN 1.01 AND 1000),
    source     text NOT NULL,
    source_ref text NOT NULL,
    PRIMARY KEY (match_id, bookmaker, stage)
);

COMMENT ON COLUMN match_odds.quoted_at IS 'when the price was seen; NULL where the source tells only the stage';
