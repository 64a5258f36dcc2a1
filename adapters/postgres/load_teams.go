package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
)

// resolveTeams gives every name in the batch its team, making those that are
// new. An alias in the table wins over what the name comes down to, so an
// operator can correct a wrong match by one row.
func (l *load) resolveTeams(ctx context.Context) (map[string]string, error) {
	names := l.teamNames()
	if len(names) == 0 {
		return nil, nil
	}
	ids, err := l.byAlias(ctx, names)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return ids[name] != "" })
	if len(names) == 0 {
		return ids, nil
	}
	return ids, l.byKey(ctx, names, ids)
}

// teamNames are the names in the batch, each once.
func (l *load) teamNames() []string {
	names := make(map[string]struct{})
	for _, r := range l.batch.Records {
		names[r.Home], names[r.Away] = struct{}{}, struct{}{}
	}
	return slices.Sorted(maps.Keys(names))
}

func (l *load) byAlias(ctx context.Context, names []string) (map[string]string, error) {
	return l.pairs(ctx, `SELECT alias, team_id::text FROM team_aliases WHERE country = $1 AND alias = ANY ($2)`, names)
}

// byKey adds the teams of names to ids, and keeps the names as aliases.
func (l *load) byKey(ctx context.Context, names []string, ids map[string]string) error {
	resolved := make(map[string]football.TeamName, len(names))
	keys := make([]string, 0, len(names))
	for _, name := range names {
		resolved[name] = football.ResolveTeam(l.edition.Competition.Country, name)
		keys = append(keys, resolved[name].Key)
	}
	known, err := l.pairs(ctx, `SELECT key, id::text FROM teams WHERE country = $1 AND key = ANY ($2)`, keys)
	if err != nil {
		return err
	}
	if err := l.createTeams(ctx, names, resolved, known); err != nil {
		return err
	}
	// Read again: another load may have made a team first.
	if known, err = l.pairs(ctx, `SELECT key, id::text FROM teams WHERE country = $1 AND key = ANY ($2)`, keys); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	slices.Sort(names)
	for _, name := range names {
		ids[name] = known[resolved[name].Key]
		batch.Queue(`INSERT INTO team_aliases (country, alias, team_id, source) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			l.edition.Competition.Country, name, ids[name], l.edition.Source)
	}
	if err := l.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("keep team names: %w", err)
	}
	return nil
}

func (l *load) createTeams(ctx context.Context, names []string, resolved map[string]football.TeamName, known map[string]string) error {
	// In the order of the keys, which are what is locked: loads that make the
	// same teams by other spellings wait for each other and never in a circle.
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(resolved[a].Key, resolved[b].Key) })
	batch := &pgx.Batch{}
	for _, name := range names {
		team := resolved[name]
		if known[team.Key] != "" {
			continue
		}
		batch.Queue(`INSERT INTO teams (id, country, key, name, source, created_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (country, key) DO NOTHING`,
			NewID(), l.edition.Competition.Country, team.Key, team.Name, l.edition.Source, l.at)
		if !team.Known {
			l.batch.Findings = append(l.batch.Findings, l.unknownTeam(name))
		}
	}
	if batch.Len() == 0 {
		return nil
	}
	if err := l.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("create teams: %w", err)
	}
	return nil
}

func (l *load) unknownTeam(name string) quality.Finding {
	return quality.Finding{
		Rule: quality.UnknownTeam, Competition: l.edition.Competition.Code, Season: l.edition.Season,
		Source: l.edition.Source, Place: quality.Place{File: l.edition.Locator},
		Reason: fmt.Sprintf("%q is not in the catalogue of %s's teams; it was taken for a new team.", name, l.edition.Competition.Country),
	}
}

// pairs runs a query for the country and names that returns two texts a row.
func (l *load) pairs(ctx context.Context, query string, names []string) (map[string]string, error) {
	rows, err := l.tx.Query(ctx, query, l.edition.Competition.Country, names)
	if err != nil {
		return nil, fmt.Errorf("look up teams: %w", err)
	}
	found := make(map[string]string, len(names))
	var name, id string
	_, err = pgx.ForEachRow(rows, []any{&name, &id}, func() error {
		found[name] = id
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up teams: %w", err)
	}
	return found, nil
}
