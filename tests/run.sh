#!/usr/bin/env bash
# Installs what the tests need, builds, checks the style, runs every test, and ends with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=artifacts/test-results

fail() {
  echo "$1"
  echo "0 passed, 1 failed"
  exit 1
}

command -v dotnet >/dev/null || fail "The .NET SDK is missing; global.json names the version: https://dot.net/download"

# The browser tests drive Debian's Chromium, and axe-core, which comes from npm, looks for what is in anybody's way.
missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
command -v npm >/dev/null || missing+=(npm)
if [ "${#missing[@]}" -gt 0 ]; then
  log=$(mktemp)
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  export DEBIAN_FRONTEND=noninteractive
  { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || {
    tail -n 20 "$log"
    fail "The browser tests need ${missing[*]}, which apt-get could not install."
  }
fi
npm ci --prefix tests/FeedbackBot.Host.Tests/Browser --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null ||
  fail "npm could not install axe-core for the browser tests."
npm ci --prefix tests/peers/slack --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null ||
  fail "npm could not install Slack's own packages, which the Slack tests hold everything against."

dotnet restore --locked-mode || fail "The packages could not be restored as the lock files say."
dotnet build --no-restore -c Release || fail "The build failed."
dotnet format --no-restore --verify-no-changes || fail "Run 'dotnet format' and look at what it changes."

rm -rf "$results"
dotnet test --no-build -c Release --logger trx --results-directory "$results"
status=$?

passed=0
failed=0
for trx in "$results"/*.trx; do
  [ -f "$trx" ] || continue
  counters=$(grep -o '<Counters [^>]*>' "$trx")
  passed=$((passed + $(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$counters")))
  failed=$((failed + $(sed 's/.* failed="\([0-9]*\)".*/\1/' <<<"$counters")))
done

# A test process that died, or tests that were not found, are a failure too.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ] || [ "$passed" -eq 0 ]; then
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
