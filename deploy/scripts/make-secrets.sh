#!/usr/bin/env bash
# Makes the secrets that Docker Compose gives to the containers, each a file of its
# own in deploy/secrets, where git does not look:
#
#   make-secrets.sh [FOLDER]
#
# What is there is kept, so running it again only adds what is missing. As root it
# gives the files to the users that read them; else it says who that is.
set -euo pipefail
cd "$(dirname "$0")/../.."

to=${1:-deploy/secrets}
footballctl=${FOOTBALLCTL:-bin/footballctl}
umask 077
mkdir -p "$to"

put() { [ -s "$to/$1" ] || printf '%s' "$2" >"$to/$1"; }
random() { openssl rand -hex 32; }

for name in postgres_password replication_password monitor_password temporal_db_password owner_password app_password backup_password restore_password \
  redis_password secret_key codec_token grafana_password alertmanager_token; do
  put "$name" "$(random)"
done
say() { cat "$to/$1"; }
verified='sslmode=verify-full&sslrootcert=/run/secrets/ca_cert'
put admin_database_url "postgres://postgres:$(say postgres_password)@postgres:5432/postgres?$verified"
put migrate_database_url "postgres://football_owner:$(say owner_password)@postgres:5432/football?$verified"
put database_url "postgres://football_app:$(say app_password)@postgres:5432/football?$verified"
put database_read_url "postgres://football_app:$(say app_password)@postgres-replica:5432/football?$verified"
put backup_database_url "postgres://football_backup:$(say backup_password)@postgres:5432/football?$verified"
put temporal_database_url "postgres://temporal:$(say temporal_db_password)@postgres:5432/temporal?$verified"
put temporal_visibility_database_url "postgres://temporal:$(say temporal_db_password)@postgres:5432/temporal_visibility?$verified"
put restore_database_url "postgres://football_restore:$(say restore_password)@postgres:5432/postgres?$verified"
put redis_url "redis://:$(say redis_password)@redis:6379/0"
put redis_conf "requirepass $(say redis_password)
masterauth $(say redis_password)
"
put postgres_exporter_dsn "postgres://football_monitor:$(say monitor_password)@postgres:5432/postgres?$verified"

[ -s "$to/encryption_keys" ] || "$footballctl" keys generate --out "$to/encryption_keys" >/dev/null
[ -s "$to/payload_keys" ] || "$footballctl" keys generate --payloads --out "$to/payload_keys" >/dev/null
[ -s "$to/token_secrets" ] || "$footballctl" keys generate --tokens --out "$to/token_secrets" >/dev/null
[ -s "$to/backup_keys" ] || "$footballctl" backup key --out "$to/backup_keys" >/dev/null

# An authority of our own for what the servers say to each other, never for users.
if [ ! -s "$to/ca_key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=football-prediction internal' \
    -keyout "$to/ca_key" -out "$to/ca_cert" 2>/dev/null
fi
# certificate NAME DNS...
certificate() {
  local name=$1 names
  shift
  [ ! -s "$to/${name}_cert" ] || return 0
  names=$(printf 'DNS:%s,' "$@")
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$to/${name}_key" -out "$to/$name.csr" 2>/dev/null
  openssl x509 -req -in "$to/$name.csr" -CA "$to/ca_cert" -CAkey "$to/ca_key" -CAcreateserial -days 825 \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "${names%,}") -out "$to/${name}_cert" 2>/dev/null
  rm -f "$to/$name.csr"
}
certificate postgres postgres postgres-replica
certificate temporal temporal
certificate temporal_client football

chmod 644 "$to"/*_cert
if [ "$(id -u)" = 0 ]; then
  # 65532 is our own images' user, 999 that of PostgreSQL's and Redis' images, 1000
  # Temporal's, 472 Grafana's.
  chown 65532:65532 "$to"/*
  chown 999:999 "$to"/postgres_key "$to"/postgres_password "$to"/replication_password "$to"/monitor_password "$to"/redis_conf
  chown 1000:1000 "$to"/temporal_key
  chown 999:1000 "$to"/temporal_db_password
  chmod 640 "$to"/temporal_db_password
  chown 472:472 "$to"/grafana_password
else
  echo "make-secrets.sh: run it as root, so that each file belongs to the user of its container" >&2
fi
echo "the secrets are in $to; keep copies of encryption_keys, payload_keys and backup_keys apart from the backups"
