#!/usr/bin/env bash
# Starts a streaming replica. At first it copies the primary; a copy that broke off
# is made anew. The slot keeps what the replica has not had yet, up to the
# primary's max_slot_wal_keep_size.
set -euo pipefail

data=${PGDATA:?}
PGPASSWORD=$(cat /run/secrets/replication_password)
export PGPASSWORD
primary="host=postgres user=football_replicator sslmode=verify-full sslrootcert=/run/secrets/ca_cert"
if [ ! -s "$data/standby.signal" ]; then
  find "$data" -mindepth 1 -delete
  slot=(--slot=replica_1 --create-slot)
  # A slot that an earlier attempt made is there to be used.
  if [ "$(psql "$primary dbname=postgres" -tAc "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'replica_1'")" = 1 ]; then
    slot=(--slot=replica_1)
  fi
  pg_basebackup --dbname="$primary application_name=replica_1" --pgdata="$data" "${slot[@]}" --wal-method=stream --checkpoint=fast --write-recovery-conf
  chmod 0700 "$data"
fi
exec postgres "$@"
