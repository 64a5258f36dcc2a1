package prometheus

import (
	"context"
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/ports/responding"
)

var _ responding.Alerts = (*Query)(nil)

// matched are the labels of an alert that a series of ALERTS has, too. What
// Alertmanager or we added would match nothing.
var matched = []string{"alertname", "component", "severity", "instance", "job", "competition", "workflow", "queue"}

// Firing implements [responding.Alerts]. Alerts without a name fire nowhere.
func (q *Query) Firing(ctx context.Context, labels map[string]string) (bool, error) {
	if labels["alertname"] == "" {
		return false, nil
	}
	matchers := []string{`alertstate="firing"`}
	for _, name := range matched {
		if value, ok := labels[name]; ok {
			matchers = append(matchers, fmt.Sprintf("%s=%q", name, value))
		}
	}
	found, err := q.ask(ctx, "ALERTS{"+strings.Join(matchers, ",")+"}")
	return len(found) > 0, err
}
