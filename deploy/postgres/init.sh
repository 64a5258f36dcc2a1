#!/usr/bin/env bash
# Runs once, when the primary makes its data: the role that replicas come with, one
# that only watches, and Temporal's role and databases. `footballctl migrate provision` makes ours.
set -euo pipefail

replicator=$(cat /run/secrets/replication_password)
temporal=$(cat /run/secrets/temporal_db_password)
monitor=$(cat /run/secrets/monitor_password)
psql --set ON_ERROR_STOP=1 --set replicator="$replicator" --set temporal="$temporal" --set monitor="$monitor" --username postgres <<'SQL'
CREATE ROLE football_replicator LOGIN REPLICATION PASSWORD :'replicator';
CREATE ROLE football_monitor LOGIN PASSWORD :'monitor';
GRANT pg_monitor TO football_monitor;
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
# Nobody comes over the network without TLS.
cat >"$PGDATA/pg_hba.conf" <<'HBA'
local   all          all                                   scram-sha-256
host    all          all                  127.0.0.1/32     scram-sha-256
hostssl replication  football_replicator  all              scram-sha-256
hostssl all          all                  all              scram-sha-256
HBA
