#!/usr/bin/env bash
# Every check of `make lint`. All of them run, and each failure is named at the
# end, so that one round of mending is enough.
set -uo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=deploy/scripts/tools.sh
. deploy/scripts/tools.sh
FAILED=()

check() {
  local name=$1 began=$SECONDS
  shift
  printf -- '--- %s\n' "$name"
  if "$@"; then
    printf 'ok   %s (%s s)\n' "$name" $((SECONDS - began))
  else
    printf 'FAIL %s (%s s)\n' "$name" $((SECONDS - began))
    FAILED+=("$name")
  fi
}

formatted() {
  local files
  files=$(git ls-files -co --exclude-standard -- '*.go' 2>/dev/null | tr '\n' '\0' | xargs -0 -r gofmt -l 2>&1)
  if [ -n "$files" ]; then
    printf 'gofmt would change:\n%s\n' "$files"
    return 1
  fi
}

# The vulnerability database may be out of reach. Only then does the check pass
# without having been made, and says so.
vulnerabilities() {
  local out code
  out=$("$(tool govulncheck)" ./... 2>&1)
  code=$?
  if [ $code = 0 ]; then return 0; fi
  printf '%s\n' "$out"
  if [ $code = 1 ] && grep -qE '^govulncheck: fetching vulnerabilities: Get "https://vuln\.go\.dev/[^"]*": (dial|context deadline|net/http|read|EOF|proxyconnect)' <<<"$out"; then
    cat <<'NOTICE'
**************************************************************************
** WARNING: NOT CHECKED FOR KNOWN VULNERABILITIES.                      **
** The database at vuln.go.dev can't be reached from here. Run          **
** `make lint` again with internet access before you rely on this.      **
**************************************************************************
NOTICE
    return 0
  fi
  return 1
}

check 'go mod verify' go mod verify
check 'go mod tidy' go mod tidy -diff
check 'gofmt' formatted
check 'go vet' go vet ./...
check 'golangci-lint' "$(tool golangci-lint)" run --allow-parallel-runners ./...
check 'secrets (gitleaks)' "$(tool gitleaks)" dir --no-banner --no-color --log-level warn --redact --verbose .
check 'vulnerabilities (govulncheck)' vulnerabilities

if [ ${#FAILED[@]} -gt 0 ]; then
  printf '\nlint failed: %s\n' "$(IFS=,; echo "${FAILED[*]}")"
  exit 1
fi
printf '\nlint passed\n'
