#!/usr/bin/env bash
# Holds the API's description to its rules:
#
#   check-document.sh lint FILE...       spectral, by deploy/openapi/spectral.yaml
#   check-document.sh breaking OLD NEW   oasdiff: what breaks callers of OLD
set -euo pipefail
# shellcheck source=deploy/scripts/tools.sh
. "$(dirname "$0")/tools.sh"
rules=$(cd "$(dirname "$0")/../openapi" && pwd)

case "${1:-}" in
lint)
  shift
  PATH="$(node_folder):$PATH" "$(node_modules)/.bin/spectral" lint --quiet --fail-severity hint --ruleset "$rules/spectral.yaml" "$@"
  ;;
breaking)
  "$(tool oasdiff)" breaking --fail-on WARN "$2" "$3"
  ;;
*)
  say "usage: check-document.sh lint FILE... | breaking OLD NEW"
  exit 2
  ;;
esac
