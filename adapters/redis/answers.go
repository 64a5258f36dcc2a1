package redis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/ports/caching"
)

var _ caching.Store = (*Answers)(nil)

var (
	//go:embed answers.lua
	findSource string
	findScript = redis.NewScript(findSource)

	//go:embed answers_keep.lua
	keepSource string
	keepScript = redis.NewScript(keepSource)
)

// Answers keeps answers for all processes.
type Answers struct{ client redis.UniversalClient }

// NewAnswers returns the answers in client's database.
func NewAnswers(client redis.UniversalClient) *Answers { return &Answers{client: client} }

const (
	answerPrefix = "fp:cache:answer:"
	leaseSuffix  = ":lease"
)

func answerKeys(address string) []string {
	return []string{answerPrefix + address, answerPrefix + address + leaseSuffix}
}

// Find implements [caching.Store] in one round trip.
func (a *Answers) Find(ctx context.Context, d caching.Demand) (caching.Found, error) {
	answer, err := findScript.Run(ctx, a.client, answerKeys(d.Address), d.Fresh.Milliseconds(), d.Token, d.Lease.Milliseconds()).Slice()
	if err != nil {
		return caching.Found{}, fmt.Errorf("find an answer: %w", err)
	}
	if len(answer) != 3 {
		return caching.Found{}, errors.New("find an answer: the script answers something else")
	}
	found := caching.Found{Leased: answer[2] == int64(1)}
	if text, ok := answer[0].(string); ok {
		left, _ := answer[1].(int64)
		found.Value, found.Left = []byte(text), time.Duration(left)*time.Millisecond
	}
	return found, nil
}

// Keep implements [caching.Store] in one round trip.
func (a *Answers) Keep(ctx context.Context, address, token string, value []byte, life time.Duration) error {
	milliseconds := max(0, life.Milliseconds())
	if value == nil {
		milliseconds = 0
	}
	if err := keepScript.Run(ctx, a.client, answerKeys(address), token, milliseconds, value).Err(); err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// Ping implements [caching.Store].
func (a *Answers) Ping(ctx context.Context) error { return Ping(a.client)(ctx) }
