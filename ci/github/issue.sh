#!/usr/bin/env bash
# Keeps one open issue while something is rejected or differs, and closes it when
# all is well again.
#
# In: SHOPCTL_WELL (true or false), $SHOPCTL_OUT/status.md
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=api.sh
. "$(dirname "$0")/api.sh"

id=$(every 'issues?state=open' | marked "$(head -n 1 "$SHOPCTL_OUT/status.md")")
if [ "$SHOPCTL_WELL" = true ]; then
  [ -z "$id" ] || api PATCH "issues/$id" '{"state": "closed", "state_reason": "completed"}' >/dev/null
  exit 0
fi
title=$(say "The shop in $SHOPCTL_DIRECTORY needs attention" "$SHOPCTL_DIRECTORY 的店铺需要处理")
body=$(jq -n --arg title "$title" --rawfile body "$SHOPCTL_OUT/status.md" --arg run "${GITHUB_SERVER_URL:-}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:-}" \
  '{title: $title, body: ($body + "\n" + $run)}')
if [ -n "$id" ]; then
  api PATCH "issues/$id" "$body" >/dev/null
else
  api POST issues "$body" >/dev/null
fi
