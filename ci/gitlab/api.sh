# shellcheck shell=bash
# GitLab's REST API with curl and jq. Sourced after common.sh.
#
# In: SHOPCTL_GITLAB_TOKEN (a project access token with the scope api), CI_API_V4_URL

# api METHOD PATH [JSON] prints the answer. The token is not on the command line.
api() {
  local json=()
  [ $# -lt 3 ] || json=(--header 'Content-Type: application/json' --data-binary @-)
  printf '%s' "${3:-}" | curl --fail-with-body --silent --show-error --retry 3 --request "$1" \
    --config <(printf 'header = "PRIVATE-TOKEN: %s"\n' "$SHOPCTL_GITLAB_TOKEN") "${json[@]}" "$CI_API_V4_URL/$2"
}

# every PATH prints all elements of a list, one a line, from all its pages.
every() {
  local page=1 list
  while :; do
    list=$(api GET "$1?per_page=100&page=$page")
    jq -c '.[]' <<<"$list"
    [ "$(jq length <<<"$list")" -eq 100 ] || return 0
    page=$((page + 1))
  done
}
