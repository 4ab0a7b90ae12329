#!/usr/bin/env bash
# Applies what was merged: the plan of the merge request that became this commit,
# or the last one that touched the catalog, on the files as they are now.
#
# In: CI_COMMIT_SHA, CI_COMMIT_BRANCH, CI_PROJECT_ID, CI_JOB_NAME
#     SHOPCTL_GITLAB_TOKEN   without it no plan is found, and only what is free is done
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=api.sh
. "$(dirname "$0")/api.sh"

plan_job=${CI_JOB_NAME:-shopctl:apply} # "shopctl:apply shops/towels" does what "shopctl:plan shops/towels" planned
plan_job=${plan_job/:apply/:plan}

# plan_of COMMIT fetches the plan of the last pipeline of the merge request that was
# merged as it; a pipeline of a fork does not count.
plan_of() {
  local project=projects/$CI_PROJECT_ID iid pipeline job
  iid=$(api GET "$project/repository/commits/$1/merge_requests" | jq -r --arg sha "$1" \
    'map(select(.state == "merged" and ([.merge_commit_sha, .squash_commit_sha, .sha] | index($sha)))) | first | .iid // empty')
  [ -n "$iid" ] || return 1
  pipeline=$(api GET "$project/merge_requests/$iid/pipelines" | jq -r --argjson project "$CI_PROJECT_ID" \
    'first | select(.project_id == $project) | .id // empty')
  [ -n "$pipeline" ] || return 1
  job=$(every "$project/pipelines/$pipeline/jobs" | jq -n -r --arg name "$plan_job" \
    '[inputs | select(.name == $name and .status == "success")] | first | .id // empty')
  [ -n "$job" ] || return 1
  api GET "$project/jobs/$job/artifacts/.shopctl-ci/plan.json" >"$plan_file" || { rm -f "$plan_file" && return 1; }
  tell "The plan was reviewed in !$iid." "计划在 !$iid 中审阅。"
}

rm -f "$plan_file"
if [ -n "${SHOPCTL_GITLAB_TOKEN:-}" ]; then
  plan_of "$CI_COMMIT_SHA" || plan_of "$(git log --first-parent -1 --format=%H -- "$SHOPCTL_DIRECTORY")" || true
fi
# A job that is started again must not bring back an older catalog.
git fetch -q origin "$CI_COMMIT_BRANCH"
git checkout -q --detach FETCH_HEAD
exec "$(dirname "$0")/../apply.sh"
