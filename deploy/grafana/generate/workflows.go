package main

var workflows = board{
	uid: "football-workflows", title: "Workflows", from: "now-24h",
	about: "What runs for long: runs and how they end, task queues, workers, schedules and backups.",
	rows: []row{
		{"Runs", []panel{
			{title: "Ended", about: "Runs that ended within an hour, by type and outcome.", unit: "short", queries: []query{{`sum by (workflow, outcome) (increase(workflow_runs_total{job="football-prediction"}[1h])) > 0 or vector(0)`, "{{workflow}} {{outcome}}"}}},
			{title: "Failed", about: "Runs that failed within an hour. Alert WorkflowFailing above two of a type.", unit: "short", warn: 1, bad: 3, queries: []query{{`sum by (workflow) (increase(workflow_runs_total{job="football-prediction",outcome="failed"}[1h]))`, "{{workflow}}"}}},
			{title: "Duration", about: "95th percentile from start to end, by type.", unit: "s", queries: []query{{`histogram_quantile(0.95, sum by (le, workflow_type) (rate(temporal_workflow_endtoend_latency_seconds_bucket{job="football-prediction"}[1h])))`, "{{workflow_type}}"}}},
			{title: "Activities that fail", about: "Attempts that failed, by activity. They are tried again; a rate that stays tells of a dependency.", unit: "ops", queries: []query{{`sum by (activity_type) (rate(temporal_activity_execution_failed_total{job="football-prediction"}[5m])) or vector(0)`, "{{activity_type}}"}}},
			{title: "Activity duration", about: "95th percentile of one attempt, the ten slowest activities.", unit: "s", queries: []query{{`topk(10, histogram_quantile(0.95, sum by (le, activity_type) (rate(temporal_activity_execution_latency_seconds_bucket{job="football-prediction"}[1h]))))`, "{{activity_type}}"}}},
			{title: "Non-determinism", about: "Workflow tasks that do not fit their history. Any is an alert: NonDeterminism.", unit: "short", warn: .5, bad: 1, queries: []query{{`sum by (workflow_type) (increase(temporal_workflow_task_execution_failed_total{job="football-prediction",failure_reason="NonDeterminismError"}[10m]))`, "{{workflow_type}}"}}},
		}},
		{"Queues and workers", []panel{
			{title: "Pollers", about: "Workers that serve each queue. Alert TaskQueueWithoutPollers at none.", unit: "short", warn: 1, bad: .5, queries: []query{{`max by (queue) (task_queue_pollers{job="football-prediction"})`, "{{queue}}"}}},
			{title: "Backlog", about: "Tasks that wait, by queue.", unit: "short", queries: []query{{`max by (queue) (task_queue_backlog{job="football-prediction"})`, "{{queue}}"}}},
			{title: "Oldest task", about: "How long the oldest task of a queue has waited. Alert TaskQueueBacklog at ten minutes.", unit: "s", warn: 60, bad: 600, queries: []query{{`max by (queue) (task_queue_backlog_age_seconds{job="football-prediction"})`, "{{queue}}"}}},
			{title: "Slots", about: "Tasks that workers could take in addition, by queue and kind.", unit: "short", warn: 2, bad: 1, queries: []query{{`sum by (task_queue, worker_type) (temporal_worker_task_slots_available{job="football-prediction"})`, "{{task_queue}} {{worker_type}}"}}},
			{title: "Workflow task wait", about: "95th percentile from scheduled to started. Alert WorkflowTaskLatencyHigh at 5 s.", unit: "s", warn: 1, bad: 5, queries: []query{{`histogram_quantile(0.95, sum by (le, task_queue) (rate(temporal_workflow_task_schedule_to_start_latency_seconds_bucket{job="football-prediction"}[10m])))`, "{{task_queue}}"}}},
			{title: "Calls to Temporal", about: "By operation, and those that failed.", unit: "ops", queries: []query{{`sum(rate(temporal_request_total{job="football-prediction"}[5m]))`, "all"}, {`sum by (operation) (rate(temporal_request_failure_total{job="football-prediction"}[5m])) or vector(0)`, "{{operation}} failed"}}},
			{title: "Temporal's own requests", about: "What the server answers, by operation; the ten busiest.", unit: "ops", queries: []query{{`topk(10, sum by (operation) (rate(service_requests{job="temporal"}[5m])))`, "{{operation}}"}}},
		}},
		{"Schedules and backups", []panel{
			{title: "Missed", about: "Runs that were missed while Temporal was away, within a day. Alert ScheduleMissed.", unit: "short", warn: 1, bad: 2, queries: []query{{`max by (schedule) (increase(schedule_missed_total{job="football-prediction"}[1d]))`, "{{schedule}}"}}},
			{title: "Skipped", about: "Runs that were due while the one before went on, within a day.", unit: "short", queries: []query{{`max by (schedule) (increase(schedule_skipped_total{job="football-prediction"}[1d]))`, "{{schedule}}"}}},
			{title: "Paused", about: "Schedules that are paused.", unit: "short", now: true, warn: 1, bad: 3, queries: []query{{`sum(max by (schedule) (schedule_paused{job="football-prediction"}))`, "paused"}}},
			{title: "Newest verified backup", about: "Its age, by kind. Alert BackupTooOld at 26 hours.", unit: "s", warn: 90000, bad: 93600, queries: []query{{`time() - max by (kind) (backup_last_verified_timestamp_seconds{job="football-prediction"})`, "{{kind}}"}}},
			{title: "Backup and restore", about: "How long the newest verified backup took to make, and to restore.", unit: "s", queries: []query{{`max by (kind) (backup_duration_seconds{job="football-prediction"})`, "{{kind}} made"}, {`max by (kind) (restore_verification_seconds{job="football-prediction"})`, "{{kind}} restored"}}},
			{title: "Backup size", about: "Bytes of the newest verified backup.", unit: "bytes", queries: []query{{`max by (kind) (backup_size_bytes{job="football-prediction"})`, "{{kind}}"}}},
		}},
	},
}
