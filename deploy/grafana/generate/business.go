package main

var business = board{
	uid: "football-business", title: "Business", from: "now-30d",
	about: "What the platform is worth: picks that were right, users who come again, tenants near their limits, sound and fresh data.",
	rows: []row{
		{"Forecasts", []panel{
			{title: "Picks that were right", about: "Share of settled published picks, by competition, over the models shown. Alert LowPredictionAccuracy below 60 % of at least fifty.", unit: "percentunit", warn: .65, bad: .6, queries: []query{{`competition:prediction_accuracy:ratio`, "{{competition}}"}}},
			{title: "Ranked probability score", about: "Mean of settled forecasts by competition and model; 0 is best, 0.2 is good.", unit: "short", warn: .21, bad: .23, queries: []query{{`max by (competition, model) (forecast_rps{job="football-prediction"})`, "{{competition}} {{model}}"}}},
			{title: "Logarithmic loss", about: "Mean of settled forecasts in nats; guessing without knowledge is 1.1.", unit: "short", warn: 1.03, bad: 1.1, queries: []query{{`max by (competition, model) (forecast_log_loss{job="football-prediction"})`, "{{competition}} {{model}}"}}},
			{title: "In time", about: "Share of this week's matches with a forecast from before kick-off. Alert ForecastsLate below 99 %.", unit: "percentunit", now: true, warn: .995, bad: .99, queries: []query{{`slo:publication:in_time_ratio_7d`, "in time"}}},
			{title: "Picks settled", about: "How many picks the accuracy is the share of.", unit: "short", now: true, queries: []query{{`sum(competition:prediction_picks:sum)`, "picks"}}},
		}},
		{"Users and tenants", []panel{
			{title: "Active users", about: "Users seen in the day, the week and the thirty days that end today, in UTC.", unit: "short", queries: []query{{`max by (window) (active_users{job="football-prediction"})`, "{{window}}"}}},
			{title: "Retention", about: "Share of the users of the window before who were seen again.", unit: "percentunit", warn: .3, bad: .15, queries: []query{{`max by (window) (user_retention_ratio{job="football-prediction"})`, "{{window}}"}}},
			{title: "Quotas", about: "Use of quotas by the ten tenants closest to a limit. Alert TenantQuotaExceeded at 90 %.", unit: "percentunit", warn: .75, bad: .9, queries: []query{{`max by (tenant, quota) (tenant_quota_usage{job="football-prediction"}) / max by (tenant, quota) (tenant_quota_limit{job="football-prediction"})`, "{{tenant}} {{quota}}"}}},
			{title: "Calls", about: "Calls of the API by all tenants.", unit: "reqps", queries: []query{{`sum(rate(http_requests_total{job="football-prediction",route=~"/api/.*"}[5m]))`, "calls"}}},
		}},
		{"Data", []panel{
			{title: "Data quality", about: "Score of each competition. Below 0.9 nothing is trained with it: alert DataQualityLow.", unit: "percentunit", warn: .95, bad: .9, queries: []query{{`min by (competition) (data_quality_score{job="football-prediction"})`, "{{competition}}"}}},
			{title: "Freshness", about: "Time since a source last brought something new. Between seasons it grows.", unit: "s", warn: 604800, bad: 1209600, queries: []query{{`min by (source) (data_freshness_seconds{job="football-prediction"})`, "{{source}}"}}},
			{title: "Sources", about: "What was asked of sources, by result. Unreadable: their format has changed.", unit: "short", queries: []query{{`sum by (source, result) (increase(provider_requests_total{job="football-prediction"}[1h]))`, "{{source}} {{result}}"}}},
			{title: "Source response time", about: "Mean time that a source took, retries included.", unit: "s", queries: []query{{`sum by (source) (rate(provider_request_duration_seconds_sum{job="football-prediction"}[1h])) / (sum by (source) (rate(provider_request_duration_seconds_count{job="football-prediction"}[1h])) > 0)`, "{{source}}"}}},
			{title: "Fresh data", about: "Share of the last week in which an ingestion had ended well within seven hours. Objective 99 %.", unit: "percentunit", now: true, warn: .995, bad: .99, queries: []query{{`slo:freshness:fresh_ratio_7d`, "fresh"}}},
		}},
	},
}
