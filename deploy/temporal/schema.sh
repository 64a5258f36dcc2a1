#!/bin/sh
# Brings Temporal's two databases to the schema of this image. Safe to repeat.
set -eu

SQL_PASSWORD=$(cat /run/secrets/temporal_db_password)
export SQL_PASSWORD
for each in temporal:temporal temporal_visibility:visibility; do
  database=${each%%:*}
  schema=/etc/temporal/schema/postgresql/v12/${each##*:}/versioned
  tool="temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db $database --tls --tls-ca-file /run/secrets/ca_cert"
  $tool setup-schema -v 0.0 || true # which it is already, after the first time
  $tool update-schema -d "$schema"
done
