#!/bin/sh
# certbot's deploy hook: copies a renewed certificate to where the API or nginx
# reads it, each file in one step. The API takes it up by itself; nginx is told.
#
#   certbot renew --deploy-hook /opt/football-prediction/deploy/scripts/certbot-deploy.sh
set -eu

from=${RENEWED_LINEAGE:?"this is certbot's deploy hook; it sets RENEWED_LINEAGE"}
to=${CERTIFICATE_DIR:-/etc/football-prediction/tls}
owner=${CERTIFICATE_OWNER:-65532:65532}

umask 077
mkdir -p "$to"
for name in privkey fullchain; do
  cp "$from/$name.pem" "$to/.$name.new"
  chown "$owner" "$to/.$name.new"
  chmod 600 "$to/.$name.new"
done
mv "$to/.privkey.new" "$to/privkey.pem"
mv "$to/.fullchain.new" "$to/fullchain.pem"
if [ -n "${NGINX_RELOAD:-}" ]; then
  nginx -t
  nginx -s reload
fi
