#!/usr/bin/env bash
# Installs shopctl and says what the other steps of the action go by.
#
# In:  SHOPCTL_COMMAND, SHOPCTL_DIRECTORY, GITHUB_EVENT_PATH, and what install.sh reads
# Out: key (the catalog's directory as part of an artifact's name), out (a folder for
#      the files of the run), foreign (true for a change without secrets)
export SHOPCTL_OUT=${RUNNER_TEMP:?}/shopctl
# shellcheck source=common.sh
. "$(dirname "$0")/../common.sh"

case ${SHOPCTL_COMMAND:-} in
plan | apply | status | validate) ;;
*)
  say "the input command is '${SHOPCTL_COMMAND:-}'; it can be plan, apply, status or validate" "输入 command 为 '${SHOPCTL_COMMAND:-}'，可选 plan、apply、status 或 validate" >&2
  exit 1
  ;;
esac

key=$(printf '%s' "$SHOPCTL_DIRECTORY" | sed -e 's|^\./*||' -e 's|/*$||' | tr -c 'A-Za-z0-9._-' '-')
key=${key:-shop}
export SHOPCTL_OUT=$SHOPCTL_OUT/$key
mkdir -p "$SHOPCTL_OUT"
output key "$key"
output out "$SHOPCTL_OUT"

# A fork's pull request gets no secrets, and neither does one of Dependabot.
output foreign "$(jq -r '.pull_request // empty
  | .head.repo.full_name != .base.repo.full_name or .user.login == "dependabot[bot]"' "$GITHUB_EVENT_PATH")"

"$(dirname "$0")/../install.sh"
