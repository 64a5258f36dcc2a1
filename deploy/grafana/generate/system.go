package main

var system = board{
	uid: "football-system", title: "System", from: "now-6h",
	about: "What users notice: health, requests, errors, response times, and what is left of the error budgets.",
	rows: []row{
		{"Now", []panel{
			{title: "Up", about: "API and workers that answer. Fewer than there should be: alert SystemDown.", unit: "short", now: true, bad: 1, warn: 2, queries: []query{{`sum by (component) (up{job="football-prediction"})`, "{{component}}"}}},
			{title: "Requests", about: "Requests answered a second, over all routes.", unit: "reqps", now: true, queries: []query{{`sum(rate(http_requests_total{job="football-prediction"}[5m]))`, "requests"}}},
			{title: "Failing", about: "Share of requests answered with 5xx. Alert HighErrorRate at 5 %.", unit: "percentunit", now: true, warn: .01, bad: .05, queries: []query{{`slo:availability:error_ratio_rate5m`, "5xx"}}},
			{title: "95th percentile", about: "One request in twenty takes longer. Alert HighResponseTime at 1 s.", unit: "s", now: true, warn: .5, bad: 1, queries: []query{{`histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="football-prediction"}[5m])))`, "p95"}}},
			{title: "In flight", about: "Requests being answered.", unit: "short", now: true, queries: []query{{`sum(http_requests_in_flight{job="football-prediction"})`, "in flight"}}},
			{title: "Alerts", about: "Alerts that fire, the watchdog left out.", unit: "short", now: true, warn: 1, bad: 3, queries: []query{{`count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)`, "firing"}}},
			{title: "Open incidents", about: "Incidents that are not over, by severity: footballctl incident list.", unit: "short", now: true, warn: 1, bad: 3, queries: []query{{`max by (severity) (incident_open{job="football-prediction"})`, "{{severity}}"}}},
			{title: "Where requests go", about: "Share of the requests that lead to each colour, see docs/runbooks/release.md.", unit: "percentunit", now: true, queries: []query{{`max by (colour) (release_traffic_share{job="football-prediction"})`, "{{colour}}"}}},
		}},
		{"Error budgets", []panel{
			{title: "Availability budget left", about: "Of the failures that 99.9 % over thirty days allow, what is left (docs/slo.md).", unit: "percentunit", warn: .5, bad: .1, queries: []query{{`slo:availability:budget_remaining_ratio`, "availability"}}},
			{title: "Latency budget left", about: "Of the requests slower than 500 ms that 99 % over thirty days allow, what is left.", unit: "percentunit", warn: .5, bad: .1, queries: []query{{`slo:latency:budget_remaining_ratio`, "latency"}}},
			{title: "Burn rate", about: "How fast the availability budget is spent: 1 spends it in thirty days. Pages at 14.4 over an hour and 6 over six hours.", unit: "short", warn: 6, bad: 14.4, queries: []query{{`slo:availability:error_ratio_rate1h / 0.001`, "1 h"}, {`slo:availability:error_ratio_rate6h / 0.001`, "6 h"}, {`slo:availability:error_ratio_rate3d / 0.001`, "3 d"}}},
		}},
		{"Requests", []panel{
			{title: "Requests by route", about: "The ten busiest routes, as templates.", unit: "reqps", queries: []query{{`topk(10, route:http_requests:rate5m)`, "{{route}}"}}},
			{title: "Errors by route", about: "Routes that answer 5xx. Look for its request_id in the log.", unit: "reqps", queries: []query{{`sum by (route) (rate(http_requests_total{job="football-prediction",status=~"5.."}[5m])) or vector(0)`, "{{route}}"}}},
			{title: "Requests by status", about: "401 and 429 that rise tell of a caller in trouble, or of one that should be.", unit: "reqps", queries: []query{{`sum by (status) (rate(http_requests_total{job="football-prediction"}[5m]))`, "{{status}}"}}},
			{title: "Response times", about: "Median, 95th and 99th percentile over all routes.", unit: "s", warn: .5, bad: 1, queries: []query{
				{`histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket{job="football-prediction"}[5m])))`, "p50"},
				{`histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="football-prediction"}[5m])))`, "p95"},
				{`histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="football-prediction"}[5m])))`, "p99"},
			}},
			{title: "Mean response time by route", about: "The ten slowest routes on average.", unit: "s", queries: []query{{`topk(10, sum by (route) (rate(http_request_duration_seconds_sum{job="football-prediction"}[5m])) / sum by (route) (rate(http_request_duration_seconds_count{job="football-prediction"}[5m])))`, "{{route}}"}}},
			{title: "Rate limits", about: "Calls refused by the limit. Mode local: Redis is away.", unit: "reqps", queries: []query{{`sum by (result, mode) (rate(rate_limit_decisions_total{job="football-prediction"}[5m]))`, "{{result}} {{mode}}"}}},
		}},
		{"Processes", []panel{
			{title: "Database connections", about: "Connections of each pool in use, of those there may be. Alert PoolSaturated at 90 %.", unit: "percentunit", warn: .7, bad: .9, queries: []query{{`sum by (component, instance) (db_pool_connections{job="football-prediction",state="in_use"}) / sum by (component, instance) (db_pool_connections{job="football-prediction",state="max"})`, "{{component}} {{instance}}"}}},
			{title: "Waiting for a connection", about: "Seconds a second that requests waited for the pool, in all.", unit: "s", queries: []query{{`sum by (component, instance) (rate(db_pool_wait_seconds{job="football-prediction"}[5m]))`, "{{component}} {{instance}}"}}},
			{title: "Memory", about: "Resident memory of our processes. One that only grows leaks: footballctl profile heap.", unit: "bytes", queries: []query{{`process_resident_memory_bytes{job="football-prediction"}`, "{{component}} {{instance}}"}}},
			{title: "Processor", about: "Cores that our processes use.", unit: "short", queries: []query{{`rate(process_cpu_seconds_total{job="football-prediction"}[5m])`, "{{component}} {{instance}}"}}},
			{title: "Goroutines", about: "What runs side by side. One that only grows leaks: footballctl profile goroutine.", unit: "short", queries: []query{{`go_goroutines{job="football-prediction"}`, "{{component}} {{instance}}"}}},
			{title: "Refused sign-ins", about: "By reason. Many at once are told as a security finding, too.", unit: "reqps", queries: []query{{`sum by (reason) (rate(auth_failures_total{job="football-prediction"}[5m]))`, "{{reason}}"}}},
		}},
	},
}
