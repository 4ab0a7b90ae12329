# shellcheck shell=bash disable=SC2034 # the variables are for those who source this
# What the steps of a pipeline share. Sourced, not run.
#
# In:  SHOPCTL_DIRECTORY   the catalog, below the working directory (default .)
#      SHOPCTL_OUT         where the files of a run go; made when missing
#      SHOPCTL_LANGUAGE    zh or en (default: the program's own choice)
#      SHOPCTL_DEADLINE    when the shelf must be full, such as "2026-11-27 20:00"
#      SHOPCTL_ARGS        more arguments of the command, separated by spaces
# Out: lines in $GITHUB_STEP_SUMMARY and $GITHUB_OUTPUT, where the host has them.
set -euo pipefail

: "${SHOPCTL_DIRECTORY:=.}" "${SHOPCTL_OUT:=.shopctl-ci}" "${SHOPCTL_LANGUAGE:=}" "${SHOPCTL_DEADLINE:=}" "${SHOPCTL_ARGS:=}"
: "${GITHUB_STEP_SUMMARY:=/dev/null}" "${GITHUB_OUTPUT:=/dev/null}"
mkdir -p "$SHOPCTL_OUT"
plan_file=$SHOPCTL_OUT/plan.json

extra=()
read -r -a extra <<<"$SHOPCTL_ARGS" || true
until_deadline=()
[ -z "$SHOPCTL_DEADLINE" ] || until_deadline=(--deadline "$SHOPCTL_DEADLINE")

# shop runs shopctl on the catalog of this pipeline.
shop() { shopctl ${SHOPCTL_LANGUAGE:+--lang "$SHOPCTL_LANGUAGE"} -C "$SHOPCTL_DIRECTORY" "$@"; }

# say prints a sentence in the language of the run: English, Chinese.
say() {
  case ${SHOPCTL_LANGUAGE:-${LANG:-}} in
  zh*) printf '%s\n' "$2" ;;
  *) printf '%s\n' "$1" ;;
  esac
}

# tell says a sentence in the log and on the page of the run.
tell() { say "$@" | tee -a "$GITHUB_STEP_SUMMARY"; }

# output sets an output of the step.
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# fenced shows a file on the page of the run as it is. GitHub takes 1 MiB.
fenced() { { printf '\n````text\n' && head -c 900000 "$1" && printf '\n````\n'; } >>"$GITHUB_STEP_SUMMARY"; }

# code_of runs a command and keeps its exit code in $code instead of ending.
code_of() {
  code=0
  "$@" || code=$?
}
