package prometheus

// sdkMetric is a metric of Temporal's SDK that is shown, and the labels it keeps.
// https://docs.temporal.io/references/sdk-metrics
type sdkMetric struct {
	help   string
	labels []string
}

// sdkCounters, sdkGauges and sdkTimers are what is shown of the SDK's metrics.
// Namespace and client are the same for all, and are left out. What is not
// listed here is not counted: activity types times latencies times buckets would
// be thousands of series.
var (
	sdkCounters = map[string]sdkMetric{
		"temporal_workflow_task_execution_failed":     {"Workflow tasks that failed, by reason, such as NonDeterminismError.", []string{"workflow_type", "failure_reason"}},
		"temporal_activity_execution_failed":          {"Attempts of activities that failed.", []string{"activity_type"}},
		"temporal_request":                            {"Calls to Temporal.", []string{"operation"}},
		"temporal_request_failure":                    {"Calls to Temporal that failed, by code.", []string{"operation", "status_code"}},
		"temporal_long_request_failure":               {"Long polls of Temporal that failed, by code.", []string{"operation", "status_code"}},
		"temporal_sticky_cache_hit":                   {"Workflow tasks whose run was in the worker's memory.", nil},
		"temporal_sticky_cache_miss":                  {"Workflow tasks whose run had to be replayed.", nil},
		"temporal_workflow_task_queue_poll_succeed":   {"Polls that brought a workflow task.", []string{"task_queue"}},
		"temporal_unregistered_activity_invocation":   {"Activities that were asked for and are not known.", []string{"activity_type"}},
		"temporal_activity_task_error":                {"Activity tasks that broke.", []string{"activity_type"}},
		"temporal_sticky_cache_total_forced_eviction": {"Runs that were put out of the worker's memory for others.", nil},
	}
	sdkGauges = map[string]sdkMetric{
		"temporal_num_pollers":                 {"Pollers of this process.", []string{"task_queue", "poller_type"}},
		"temporal_worker_task_slots_available": {"Tasks that this process could take in addition.", []string{"task_queue", "worker_type"}},
		"temporal_worker_task_slots_used":      {"Tasks that this process works on.", []string{"task_queue", "worker_type"}},
		"temporal_sticky_cache_size":           {"Runs in the worker's memory.", nil},
	}
	sdkTimers = map[string]sdkMetric{
		"temporal_workflow_task_schedule_to_start_latency": {"How long workflow tasks waited for a worker.", []string{"task_queue"}},
		"temporal_workflow_task_execution_latency":         {"How long workflow tasks took.", []string{"task_queue"}},
		"temporal_activity_schedule_to_start_latency":      {"How long activities waited for a worker.", []string{"task_queue"}},
		"temporal_activity_execution_latency":              {"How long attempts of activities took.", []string{"activity_type"}},
		"temporal_workflow_endtoend_latency":               {"How long runs took from start to end.", []string{"workflow_type"}},
		"temporal_request_latency":                         {"How long calls to Temporal took.", []string{"operation"}},
	}
	sdkBuckets = []float64{.01, .05, .25, 1, 5, 30, 300, 3600}
)
