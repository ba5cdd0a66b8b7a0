# lintian, rpmlint, units, man pages, completions, sums, SBOM, licences, the same bytes twice
source "$REPO/tests/acceptance/lib.sh"

THIS=$WORK/this
in_this() { (cd "$THIS" && "$@"); }
unpacked=/run/deb
dpkg-deb --raw-extract "$DEB" $unpacked

# The files themselves.
holds "two packagings give the same bytes" diff "$THIS/SHA256SUMS" "$WORK/again/SHA256SUMS"
holds "SHA256SUMS names deb, rpm, tarball and SBOM" same 4 bash -c "grep -cE '\.(deb|rpm|tar\.gz|cdx\.json)$' '$THIS/SHA256SUMS'"
holds "SHA256SUMS fits" in_this sha256sum --check --strict --quiet SHA256SUMS
holds "lintian finds no error" lintian --fail-on error --allow-root "$DEB"
holds "rpmlint finds no error" rpmlint --config "$REPO/dist/rpm/rpmlint.toml" "$RPM"
holds "no package names a folder of the builder's" \
    bash -c "! grep -rlaE '(/root|/home|/work|/tmp)/[a-zA-Z.]' $unpacked"
holds "the program in all three is the same" same 1 bash -c "
    { dpkg-deb --fsys-tarfile '$DEB' | tar -xO ./usr/bin/illumio-monitor | sha256sum
      rpm2cpio '$RPM' | cpio --quiet -i --to-stdout ./usr/bin/illumio-monitor | sha256sum
      tar -xzOf '$THIS'/*.tar.gz --wildcards --no-wildcards-match-slash '*/illumio-monitor' | sha256sum; } | sort -u | wc -l"

# The documents: their links lead from where they are installed, too.
linked() {
    local file link seen=0
    while IFS= read -r file; do
        while IFS= read -r link; do
            [ -z "$link" ] || [ -e "$(dirname "$file")/$link" ] || { echo "$file: $link"; return 1; }
            seen=$((seen + 1))
        done < <(grep -v '^    ' "$file" | grep -oE '\]\([^)#:]+[)#]' | sed 's/^..//; s/.$//')
    done < <(find "$1" -name '*.md')
    [ "$seen" -ge 60 ] || { echo "$seen links were found"; return 1; }
}
holds "every link in the installed documents leads somewhere" linked $unpacked/usr/share/doc/illumio-monitor
tar -xzf "$THIS"/*.tar.gz -C /run
holds "and in the tarball" linked /run/illumio-monitor-*-linux

# What is in the program.
sbom() { jq -r "$1" "$THIS"/*.cdx.json; }
holds "the SBOM is CycloneDX 1.5" same "CycloneDX 1.5" sbom '"\(.bomFormat) \(.specVersion)"'
holds "every component has a licence and a checksum" same 0 sbom '[.components[] | select((.licenses[0].expression | test("NOASSERTION")) or (.hashes | length != 1))] | length'
holds "TLS and HTTP are among them" sbom '[.components[].name] | contains(["rustls", "ring", "ureq", "argh"]) | if . then . else error("missing") end'
holds "no test's crate is" sbom '[.components[].name] | any(. == ("rcgen", "proptest", "tempfile")) | if . then error("there") else . end'
licensed() {
    local name
    zcat $unpacked/usr/share/doc/illumio-monitor/THIRD-PARTY-LICENSES.gz >/run/licences
    sbom '.components[] | "\(.name) \(.version)"' | while read -r name; do
        grep -qx "$name" /run/licences || { echo "$name is missing"; return 1; }
    done
}
holds "the licence file has every component" licensed

# Signing, with a key of the day.
signed() {
    export GNUPGHOME=/run/gnupg
    mkdir -m 700 "$GNUPGHOME"
    gpg --batch --quiet --passphrase '' --quick-gen-key 'acceptance <acceptance@example.net>' rsa3072 sign 1d || return
    cp -r "$THIS" /run/signed
    (cd "$REPO" && CARGO=false CARGO_TARGET_DIR=/run/target MUSL_TARGET=$(uname -m)-unknown-linux-musl \
        SIGN_KEY=acceptance@example.net PACKAGES=/run/signed dist/package.sh /bin/true sign sums) || return
    gpg --batch --verify /run/signed/SHA256SUMS.asc /run/signed/SHA256SUMS || return
    gpg --batch --armor --export >/run/key.asc
    mkdir /run/rpmdb && rpm --dbpath /run/rpmdb --import /run/key.asc || return
    rpm --dbpath /run/rpmdb -K /run/signed/*.rpm | grep 'signatures OK'
}
holds "SIGN_KEY signs SHA256SUMS and the rpm" signed

# The units, in their place.
cp -a $unpacked/usr/. /usr/
useradd --system illumio-monitor
units() { echo /usr/lib/systemd/system/illumio-monitor.{service,timer}; }
holds "systemd-analyze verify says nothing" same "" bash -c "systemd-analyze verify --recursive-errors=no $(units) 2>&1"
exposure() { systemd-analyze security --offline=true --threshold=20 /usr/lib/systemd/system/illumio-monitor.service | tail -n 1; }
holds "exposure is at most 2.0" bash -c "systemd-analyze security --offline=true --threshold=20 /usr/lib/systemd/system/illumio-monitor.service | tail -n 1; exit \${PIPESTATUS[0]}"
exposure
# From systemd's NEWS: what came after 239 and one might want here.
newer='ProtectHostname|RestrictSUIDSGID|ProtectKernelLogs|ProtectClock|ProtectProc|ProcSubset|LoadCredential|SetCredential|ExecCondition|ExitType|NoExecPaths|ExecPaths|PrivateIPC|BindLogSockets|ExecSearchPath|CPUQuotaPeriodSec|OOMPolicy|TimeoutCleanSec|LogNamespace|CoredumpFilter|RootHash|MountAPIVFS=.*v2|RestrictFileSystems|FixedRandomDelay|OnClockChange|OnTimezoneChange'
holds "the units use nothing newer than systemd 239" bash -c "! grep -nE '^($newer)=' $(units)"

# The man pages.
for page in man1/illumio-monitor.1 man5/illumio-monitor.json.5; do
    holds "man -l $page shows it without a warning" same "" bash -c "LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -l /usr/share/man/$page.gz 2>&1 >/run/page"
    holds "and there is something to read" test "$(wc -l </run/page)" -ge 100
done
man_1() { LC_ALL=C.UTF-8 MANWIDTH=200 man -l /usr/share/man/man1/illumio-monitor.1.gz | col -b; }
words_of() { sed -n 's/^complete .* -l \([a-z-]*\).*/--\1/p; s/^complete .* -a \([a-z-]*\) .*/\1/p' /usr/share/fish/vendor_completions.d/illumio-monitor.fish | sort -u; }
in_man() { local word page; page=$(man_1); for word in $(words_of); do grep -qF -- "$word" <<<"$page" || { echo "illumio-monitor(1) says nothing of $word"; return 1; }; done; }
holds "illumio-monitor(1) has every command and option" in_man
keys() { grep '^[a-z]' "$REPO/dist/manual/keys.txt" | tr ',' '\n' | tr -d ' '; }
in_json_man() {
    local key page
    page=$(LC_ALL=C.UTF-8 MANWIDTH=200 man -l /usr/share/man/man5/illumio-monitor.json.5.gz | col -b)
    [ "$(keys | wc -l)" -ge 40 ] || { echo "the keys' words were not found"; return 1; }
    for key in $(keys); do grep -qwF -- "$key" <<<"$page" || { echo "illumio-monitor.json(5) says nothing of $key"; return 1; }; done
}
holds "illumio-monitor.json(5) has every key of the manual" in_json_man

# The completions, as each shell loads them.
by_bash() {
    env -i PATH="$PATH" bash --norc -c "
        source /usr/share/bash-completion/completions/illumio-monitor
        COMP_WORDS=($1) COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1))
        _illumio_monitor && echo \${COMPREPLY[@]}"
}
by_zsh() {
    cat >/run/by_zsh <<ZSH
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=(/usr/share/zsh/vendor-completions \\\$fpath); autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' list-grouped false; LISTMAX=10000; stty rows 200 columns 150; bindkey '^I' list-choices"
zpty -w shell "echo re''ady"
while zpty -r shell line && [[ \$line != *ready* ]]; do :; done
# Its line editor listens once it has asked for bracketed paste.
zpty -r shell line '*2004h*'
# ^U takes the line away again: the program must not start.
zpty -n -w shell "$1"\$'\t'\$'\025'"echo do''ne"\$'\n'
while zpty -r shell line && [[ \$line != *done* ]]; do print -r -- "\$line"; done
ZSH
    timeout 30 zsh -f /run/by_zsh
}
by_fish() { HOME=/run fish -c "complete -C '$1'"; }
all_of() { local word text; text=$("$1" "$2") || return; shift 2; for word; do grep -qw -- "$word" <<<"$text" || { echo "no $word in: $text"; return 1; }; done; }
holds "bash completes commands" all_of by_bash 'illumio-monitor ""' run test-mail
holds "bash completes options" all_of by_bash 'illumio-monitor run --' reset-state config
holds "bash completes values" all_of by_bash 'illumio-monitor run --log ""' stdout syslog journal
holds "bash completes --key=value" all_of by_bash 'illumio-monitor run --log = s' stdout syslog
holds "zsh completes commands" all_of by_zsh 'illumio-monitor ' run test-mail
holds "zsh completes options" all_of by_zsh 'illumio-monitor run --' reset-state config
holds "zsh completes values" all_of by_zsh 'illumio-monitor run --log ' stdout syslog journal
holds "fish completes commands" all_of by_fish 'illumio-monitor ' run test-mail
holds "fish completes options" all_of by_fish 'illumio-monitor run --' reset-state config
holds "fish completes values" all_of by_fish 'illumio-monitor run --log ' stdout syslog journal
ends
