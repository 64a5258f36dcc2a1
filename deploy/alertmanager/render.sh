#!/usr/bin/env bash
# Writes Alertmanager's configuration with this environment's addresses:
#
#   SMTP_HOST=mail.example.com:587 MAIL_FROM=… MAIL_TO=… SLACK_CHANNEL='#operations' \
#   HOOK_API=https://…/api/v1/hooks/alertmanager HOOK_WORKER=http://…/hooks/alertmanager \
#   DEADMAN_URL=https://… deploy/alertmanager/render.sh /etc/alertmanager
#
# SMTP_USER is optional; SMTP_TLS is true unless it says false. Values are no
# secrets: those are files in secrets/. A missing one is an error that names it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
to=${1:?"usage: render.sh FOLDER"}
: "${SMTP_USER:=}" "${SMTP_TLS:=true}"
missing=()
for name in SMTP_HOST MAIL_FROM MAIL_TO SLACK_CHANNEL HOOK_API HOOK_WORKER DEADMAN_URL; do
  [ -n "${!name:-}" ] || missing+=("$name")
done
if [ ${#missing[@]} != 0 ]; then
  echo "render.sh: set ${missing[*]}; see the head of this script" >&2
  exit 1
fi
text=$(cat "$here/alertmanager.yml")
for name in SMTP_HOST SMTP_USER SMTP_TLS MAIL_FROM MAIL_TO SLACK_CHANNEL HOOK_API HOOK_WORKER DEADMAN_URL; do
  case ${!name} in
  *"'"* | *$'\n'*)
    echo "render.sh: $name has a quote or a line break, which no address has" >&2
    exit 1
    ;;
  esac
  text=${text//"@$name@"/"${!name}"}
done
mkdir -p "$to/secrets" "$to/templates"
chmod 700 "$to/secrets"
cp "$here"/templates/*.tmpl "$to/templates/"
printf '%s\n' "$text" >"$to/alertmanager.yml"
