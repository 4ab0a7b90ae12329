#!/usr/bin/env bash
# Finds the plan that was reviewed for a commit of the main branch: the artifact of
# the last head of the pull request that became this commit.
#
# In:  GITHUB_SHA, SHOPCTL_ARTIFACT (the name of the plan's artifact)
# Out: run (the workflow run that holds it; empty when there is none), pull
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=api.sh
. "$(dirname "$0")/api.sh"

# merged COMMIT prints number and last head of the pull request merged as it.
merged() {
  api GET "commits/$1/pulls" | jq -r --arg sha "$1" '
    map(select(.merged_at != null and .merge_commit_sha == $sha)) | first // empty | "\(.number) \(.head.sha)"'
}

# candidates are this commit and the last one that touched the catalog: a run by
# the clock goes on with the plan of the latter.
candidates() {
  echo "$GITHUB_SHA"
  git log --first-parent -1 --format=%H -- "$SHOPCTL_DIRECTORY"
}

for commit in $(candidates | awk '!seen[$0]++'); do
  read -r pull head <<<"$(merged "$commit")" || true
  [ -n "${pull:-}" ] || continue
  run=$(artifact "$SHOPCTL_ARTIFACT" "$head" '')
  [ -n "$run" ] || continue
  tell "The plan was reviewed in #$pull, at $head." "计划在 #$pull（$head）中审阅。"
  output pull "$pull"
  output run "$run"
  exit 0
done
tell 'No merged pull request with a plan of this repository belongs to this commit.' '没有与该提交对应、且带有本仓库计划的已合并 PR。'
