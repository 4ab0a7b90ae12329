#!/usr/bin/env bash
# Says where every object stands, and whether shop and files still agree. What the
# platform rejected is put beside the lines it is about.
#
# In: SHOPCTL_ISSUE=true   somebody is told elsewhere (ci/github/issue.sh), so the
#                          run is green; otherwise trouble makes it red
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/annotations.sh"

code_of annotated status "${extra[@]}"
standing=$code
case $standing in 0 | 3 | 4) ;; *) exit "$standing" ;; esac

code_of shop plan --detailed-exitcode --out "$plan_file" "${until_deadline[@]}"
differs=$code
case $differs in 0 | 2) ;; *) exit "$differs" ;; esac
shop show "$plan_file" --format markdown >"$SHOPCTL_OUT/plan.md"

well=true
{
  marker status
  if [ "$standing" -eq 4 ]; then
    well=false
    say '### Something is rejected, banned or blocked' '### 有内容被驳回、封禁或受阻'
    printf '\n````text\n'
    shop status --only rejected,banned,blocked | head -c 20000 || true
    printf '\n````\n'
  fi
  if [ "$differs" -eq 2 ]; then
    well=false
    say '### Shop and files differ' '### 店铺与文件不一致'
    say 'Somebody changed the shop by hand, or something merged is not applied yet. Apply makes it true again; *shopctl import --drift* takes it over into the files.' \
      '有人在后台改动了店铺，或有已合并的变更尚未执行。apply 会恢复一致；shopctl import --drift 则把改动写回文件。'
    printf '\n'
    if [ "$(wc -c <"$SHOPCTL_OUT/plan.md")" -lt 40000 ]; then
      tail -n +2 "$SHOPCTL_OUT/plan.md"
    else
      say 'The plan is too long to stand here: see the page of the run.' '计划太长，无法在此显示，请查看运行页面。'
    fi
  fi
  [ "$well" = false ] || say 'Everything is as the files want it, or in review.' '一切与文件一致，或正在审核中。'
} >"$SHOPCTL_OUT/status.md"

tee -a "$GITHUB_STEP_SUMMARY" <"$SHOPCTL_OUT/status.md"
output well "$well"
[ "$well" = true ] || [ "${SHOPCTL_ISSUE:-}" = true ] || exit 4
