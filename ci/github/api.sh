# shellcheck shell=bash
# GitHub's REST API with curl and jq. Sourced after common.sh.
#
# In: GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY

# api METHOD PATH [JSON] prints the answer. The token is not on the command line.
api() {
  local json=()
  [ $# -lt 3 ] || json=(--header 'Content-Type: application/json' --data-binary @-)
  printf '%s' "${3:-}" | curl --fail-with-body --silent --show-error --retry 3 --request "$1" \
    --config <(printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN") \
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
    "${json[@]}" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2"
}

# every PATH prints all elements of a list, one a line, from all its pages.
every() {
  local page=1 list
  while :; do
    list=$(api GET "$1$([[ $1 == *\?* ]] && echo '&' || echo '?')per_page=100&page=$page")
    jq -c '.[]' <<<"$list"
    [ "$(jq length <<<"$list")" -eq 100 ] || return 0
    page=$((page + 1))
  done
}

# marked picks the id of the first text whose first line is the marker and that a
# bot wrote: a stranger's text could be changed by the stranger afterwards.
marked() { jq -n -r --arg marker "$1" '[inputs | select(.user.type == "Bot" and ((.body // "") | startswith($marker)))] | first | .number // .id // empty'; }

# artifact NAME HEAD BRANCH prints the id of the newest run of this repository (not
# of a fork) that left an artifact of that name, at a commit or on a branch.
artifact() {
  api GET "actions/artifacts?per_page=100&name=$1" | jq -r --arg head "$2" --arg branch "$3" '
    [.artifacts[] | select((.expired | not)
      and .workflow_run.head_repository_id == .workflow_run.repository_id
      and ($head == "" or .workflow_run.head_sha == $head)
      and ($branch == "" or .workflow_run.head_branch == $branch))]
    | max_by(.created_at) | .workflow_run.id // empty'
}
