#!/usr/bin/env bash
# Puts shopctl on the PATH.
#
# In: SHOPCTL_VERSION       a release such as v0.3.0, or latest: downloaded, its checksum verified
#                           path: the one that is there; source: built from this checkout
#     SHOPCTL_RELEASES      where releases lie (default: GitHub), for mirrors
#     SHOPCTL_BIN           the folder to install to
. "$(dirname "$0")/common.sh"

: "${SHOPCTL_VERSION:=latest}" "${SHOPCTL_RELEASES:=https://github.com/shopctl/shopctl/releases}"
: "${SHOPCTL_BIN:=${RUNNER_TEMP:-$SHOPCTL_OUT}/shopctl-bin}"

# asset is the name of the archive for this machine, as .goreleaser.yaml makes it.
asset() {
  local os arch
  case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) os=windows ;;
  esac
  case $(uname -m) in
  aarch64 | arm64) arch=arm64 ;;
  *) arch=amd64 ;;
  esac
  [ "$os" = windows ] && echo "shopctl_${os}_$arch.zip" || echo "shopctl_${os}_$arch.tar.gz"
}

fetch() { curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"; }

# download unpacks a release, and nothing whose checksum is another one.
download() {
  local name from work
  name=$(asset)
  case $SHOPCTL_VERSION in
  latest) from=$SHOPCTL_RELEASES/latest/download ;;
  *) from=$SHOPCTL_RELEASES/download/$SHOPCTL_VERSION ;;
  esac
  work=$(mktemp -d)
  fetch "$from/$name" "$work/$name"
  fetch "$from/checksums.txt" "$work/checksums.txt"
  (cd "$work" && grep -E "  $name\$" checksums.txt >wanted && sha256sum --check --quiet wanted) || {
    say "the checksum of $name is not the one of the release; nothing was installed" "$name 的校验和与发布不符，没有安装" >&2
    return 1
  }
  case $name in
  *.zip) unzip -q -o "$work/$name" -d "$SHOPCTL_BIN" ;;
  *) tar -xzf "$work/$name" -C "$SHOPCTL_BIN" ;;
  esac
  rm -rf "$work"
}

case $SHOPCTL_VERSION in
path) ;;
source)
  mkdir -p "$SHOPCTL_BIN"
  bin=$(cd "$SHOPCTL_BIN" && pwd)
  (cd "$(dirname "$0")/.." && CGO_ENABLED=0 go build -o "$bin/shopctl" ./cmd/shopctl)
  ;;
*)
  mkdir -p "$SHOPCTL_BIN"
  download
  ;;
esac
if [ "$SHOPCTL_VERSION" != path ]; then
  PATH=$SHOPCTL_BIN:$PATH
  [ -z "${GITHUB_PATH:-}" ] || printf '%s\n' "$SHOPCTL_BIN" >>"$GITHUB_PATH"
fi
shopctl version
