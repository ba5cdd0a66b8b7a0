#!/usr/bin/env bash
# Pictures of Chinese mails need a font that draws Traditional Chinese: installs
# Noto Sans CJK where it can (Debian or Ubuntu, as root), fails where there is none.
set -euo pipefail

drawn() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-tw)" ]; }

drawn && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update || true # an unrelated source may be out of reach
    apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends fontconfig fonts-noto-cjk
fi
drawn || {
    echo "No font draws Traditional Chinese. Install one, such as fonts-noto-cjk." >&2
    exit 1
}
