#!/usr/bin/env bash
# Keeps one comment with the plan on the pull request: the first time it is made,
# later it is found again by its first line and replaced.
#
# In: SHOPCTL_PULL (number), $SHOPCTL_OUT/plan.md
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=api.sh
. "$(dirname "$0")/api.sh"

body=$(jq -n --rawfile body "$SHOPCTL_OUT/plan.md" '{body: $body}')
id=$(every "issues/$SHOPCTL_PULL/comments" | marked "$(head -n 1 "$SHOPCTL_OUT/plan.md")")
if [ -n "$id" ]; then
  api PATCH "issues/comments/$id" "$body" >/dev/null
else
  api POST "issues/$SHOPCTL_PULL/comments" "$body" >/dev/null
fi
