#!/usr/bin/env bash
# Plans a merge request and keeps the plan in one note of it. Without secrets it
# plans from the snapshot that the last run on the default branch published.
#
# In: CI_MERGE_REQUEST_SOURCE_PROJECT_ID, CI_MERGE_REQUEST_PROJECT_ID, CI_MERGE_REQUEST_IID, CI_JOB_NAME
#     SHOPCTL_GITLAB_TOKEN   without it there is no note
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=api.sh
. "$(dirname "$0")/api.sh"

# has_secrets says whether anything gives access to the shop.
has_secrets() { [ -n "${WECHAT_ACCESS_TOKEN:-}${WECHAT_TOKEN_COMMAND:-}${WECHAT_COMPONENT_APPID:-}" ] || [ -n "$(compgen -v WECHAT_APPSECRET)" ]; }

status_job=${CI_JOB_NAME:-shopctl:plan}

# snapshot fetches what was published; who may not read the project gets nothing.
snapshot() {
  curl --fail --silent --location --output "$SHOPCTL_SNAPSHOT" \
    --config <(printf 'header = "JOB-TOKEN: %s"\n' "${CI_JOB_TOKEN:-}") \
    --get --data-urlencode "job=${status_job/:plan/:status}" \
    "$CI_API_V4_URL/projects/$CI_MERGE_REQUEST_PROJECT_ID/jobs/artifacts/$CI_DEFAULT_BRANCH/raw/.shopctl-ci/snapshot.jsonl" ||
    rm -f "$SHOPCTL_SNAPSHOT"
}

# note writes the plan into the note of ours that begins with the same line.
note() {
  local notes me id body
  notes=projects/$CI_MERGE_REQUEST_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
  me=$(api GET user | jq .id)
  id=$(every "$notes" | jq -n -r --argjson me "$me" --arg marker "$(head -n 1 "$SHOPCTL_OUT/plan.md")" \
    '[inputs | select(.author.id == $me and (.body | startswith($marker)))] | first | .id // empty')
  body=$(jq -n --rawfile body "$SHOPCTL_OUT/plan.md" '{body: $body}')
  if [ -n "$id" ]; then
    api PUT "$notes/$id" "$body" >/dev/null
  else
    api POST "$notes" "$body" >/dev/null
  fi
}

if [ "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID" != "$CI_MERGE_REQUEST_PROJECT_ID" ] || ! has_secrets; then
  export SHOPCTL_FOREIGN=true SHOPCTL_SNAPSHOT=$SHOPCTL_OUT/snapshot.jsonl
  snapshot
fi
"$(dirname "$0")/../plan.sh"
if [ ! -e "$SHOPCTL_OUT/plan.md" ]; then
  exit 0
elif [ -z "${SHOPCTL_GITLAB_TOKEN:-}" ]; then
  say 'There is no SHOPCTL_GITLAB_TOKEN, so the plan stands in the artifacts only.' '没有 SHOPCTL_GITLAB_TOKEN，计划只保存在产物中。'
else
  note
fi
