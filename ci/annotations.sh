# shellcheck shell=bash
# How findings reach the lines they are about. Sourced after common.sh.
#
# In: SHOPCTL_ANNOTATIONS   github: workflow commands in the log
#                           gitlab: Code Quality reports below $SHOPCTL_OUT

# annotated runs validate or status, so that what it finds stands beside the lines.
annotated() {
  case ${SHOPCTL_ANNOTATIONS:-github} in
  gitlab) shop "$@" --format gitlab >"$SHOPCTL_OUT/$1.codequality.json" ;;
  *) shop "$@" --format github ;;
  esac
}
