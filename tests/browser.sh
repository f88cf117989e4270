#!/bin/sh
# Installs Chromium for the browser tests where it is missing and we may; else says loudly that they will be skipped.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo " · Chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0
fi
echo "!!! No Chromium here and no way to install it: THE BROWSER TESTS WILL BE SKIPPED (install the package 'chromium')." >&2
[ -z "${CI:-}" ] || { echo "!!! CI never skips: failing." >&2; exit 1; }
