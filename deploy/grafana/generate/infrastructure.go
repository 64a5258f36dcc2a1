package main

var infrastructure = board{
	uid: "football-infrastructure", title: "Infrastructure", from: "now-6h",
	about: "Machines, PostgreSQL, Redis, nginx and the network.",
	rows: []row{
		{"Machines", []panel{
			{title: "Processor", about: "Share of each machine that is busy. Alert ProcessorBusy at 90 %.", unit: "percentunit", warn: .7, bad: .9, queries: []query{{`1 - avg by (instance) (rate(node_cpu_seconds_total{job="node",mode="idle"}[5m]))`, "{{instance}}"}}},
			{title: "Memory in use", about: "Share of memory that is not available. Alert MemoryLow when less than 10 % is left.", unit: "percentunit", warn: .8, bad: .9, queries: []query{{`1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"}`, "{{instance}}"}}},
			{title: "Disk in use", about: "Share of each disk that is taken. Alerts at 85 % and 95 %.", unit: "percentunit", warn: .85, bad: .95, queries: []query{{`1 - node_filesystem_avail_bytes{job="node",fstype!~"tmpfs|ramfs|squashfs"} / node_filesystem_size_bytes{job="node",fstype!~"tmpfs|ramfs|squashfs"}`, "{{instance}} {{mountpoint}}"}}},
			{title: "Network in", about: "Bytes received a second, by interface.", unit: "Bps", queries: []query{{`rate(node_network_receive_bytes_total{job="node"}[5m])`, "{{instance}} {{device}}"}}},
			{title: "Network out", about: "Bytes sent a second, by interface.", unit: "Bps", queries: []query{{`rate(node_network_transmit_bytes_total{job="node"}[5m])`, "{{instance}} {{device}}"}}},
			{title: "Load", about: "Processes that run or wait to, a minute's mean.", unit: "short", queries: []query{{`node_load1{job="node"}`, "{{instance}}"}}},
		}},
		{"PostgreSQL", []panel{
			{title: "Up", about: "Whether it takes connections. Alert PostgresDown.", unit: "short", now: true, warn: 1, bad: .5, queries: []query{{`pg_up{job="postgres"}`, "{{instance}}"}}},
			{title: "Replica behind", about: "How far the replica that is read from is behind. Alert ReplicaLag at 30 s.", unit: "s", now: true, warn: 5, bad: 30, queries: []query{{`max(db_replica_lag_seconds{job="football-prediction"})`, "behind"}}},
			{title: "Connections", about: "Share of max_connections. Alert PostgresConnectionsHigh at 80 %.", unit: "percentunit", warn: .6, bad: .8, queries: []query{{`sum by (instance) (pg_stat_activity_count{job="postgres"}) / max by (instance) (pg_settings_max_connections{job="postgres"})`, "{{instance}}"}}},
			{title: "Transactions", about: "Committed and rolled back, a second.", unit: "ops", queries: []query{{`sum by (instance) (rate(pg_stat_database_xact_commit{job="postgres"}[5m]))`, "committed"}, {`sum by (instance) (rate(pg_stat_database_xact_rollback{job="postgres"}[5m]))`, "rolled back"}}},
			{title: "Blocks found in memory", about: "Share of blocks that PostgreSQL had in shared_buffers. Below 90 %: more memory, or a missing index.", unit: "percentunit", warn: .95, bad: .9, queries: []query{{`sum by (instance) (rate(pg_stat_database_blks_hit{job="postgres"}[5m])) / (sum by (instance) (rate(pg_stat_database_blks_hit{job="postgres"}[5m])) + sum by (instance) (rate(pg_stat_database_blks_read{job="postgres"}[5m])))`, "{{instance}}"}}},
			{title: "Size", about: "Bytes of each database.", unit: "bytes", queries: []query{{`pg_database_size_bytes{job="postgres"}`, "{{datname}}"}}},
			{title: "Deadlocks", about: "Should be none.", unit: "ops", queries: []query{{`sum by (datname) (rate(pg_stat_database_deadlocks{job="postgres"}[5m]))`, "{{datname}}"}}},
		}},
		{"Redis", []panel{
			{title: "Up", about: "Whether it answers. The system goes on without it. Alert RedisDown.", unit: "short", now: true, warn: 1, bad: .5, queries: []query{{`redis_up{job="redis"}`, "{{instance}}"}}},
			{title: "Memory", about: "Bytes in use.", unit: "bytes", queries: []query{{`redis_memory_used_bytes{job="redis"}`, "{{instance}}"}}},
			{title: "Commands", about: "Commands a second.", unit: "ops", queries: []query{{`rate(redis_commands_processed_total{job="redis"}[5m])`, "{{instance}}"}}},
			{title: "Cache hit ratio", about: "Share of look-ups that the cache answered, by cache. Alert CacheHitRatioLow below 50 %.", unit: "percentunit", warn: .7, bad: .5, queries: []query{{`sum by (cache) (rate(cache_requests_total{job="football-prediction",result=~"hit|stale|waited|remote"}[5m])) / (sum by (cache) (rate(cache_requests_total{job="football-prediction"}[5m])) > 0)`, "{{cache}}"}}},
			{title: "Evictions", about: "Keys put out for want of memory.", unit: "ops", queries: []query{{`rate(redis_evicted_keys_total{job="redis"}[5m])`, "{{instance}}"}}},
		}},
		{"nginx", []panel{
			{title: "Up", about: "Whether nginx answers. Alert NginxDown.", unit: "short", now: true, warn: 1, bad: .5, queries: []query{{`nginx_up{job="nginx"}`, "{{instance}}"}}},
			{title: "Requests", about: "Requests a second at the edge.", unit: "reqps", queries: []query{{`rate(nginx_http_requests_total{job="nginx"}[5m])`, "{{instance}}"}}},
			{title: "Connections", about: "Open connections from clients.", unit: "short", queries: []query{{`nginx_connections_active{job="nginx"}`, "{{instance}}"}}},
		}},
		{"Monitoring", []panel{
			{title: "Targets", about: "What Prometheus scrapes, and whether it answers.", unit: "short", queries: []query{{`sum by (job) (up)`, "{{job}}"}}},
			{title: "Series", about: "Series of each scrape. A process of ours stays below 5,000.", unit: "short", warn: 4000, bad: 5000, queries: []query{{`scrape_samples_scraped{job="football-prediction"}`, "{{component}} {{instance}}"}}},
			{title: "Scrape time", about: "How long a scrape of ours takes.", unit: "s", warn: .05, bad: .5, queries: []query{{`scrape_duration_seconds{job="football-prediction"}`, "{{component}} {{instance}}"}}},
			{title: "Notifications", about: "What Alertmanager sent, by way.", unit: "ops", queries: []query{{`sum by (integration) (rate(alertmanager_notifications_total{job="alertmanager"}[5m]))`, "{{integration}}"}, {`sum by (integration) (rate(alertmanager_notifications_failed_total{job="alertmanager"}[5m]))`, "{{integration}} failed"}}},
		}},
	},
}
