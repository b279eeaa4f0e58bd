#!/bin/sh
# Builds the .deb for old systems in a bare Debian 11 (glibc 2.31), shows that nothing in it asks for a newer C library, and installs and
# starts it in a second bare Debian 11: `make bullseye`. Python 3.11, which Debian 11 lacks, is built from Debian 12's source package; the
# wheels are those of tests/bundle/locks/linux-x86_64-glibc2.28.lock. Ends with 0 when all stood, 1 when a step failed, 2 when it cannot run.
#
# Needs root, debootstrap, git, a network, 6 GB in $BULLSEYE_DIR (/var/tmp). The package is left in dist/bullseye, logs in build/bullseye.
# $BULLSEYE_DEBIAN: a mirror that still has bullseye. What is not committed is not built.
set -eu
cd "$(dirname "$0")/../.."

TARGET=linux-x86_64-glibc2.28
NEWEST=2.31
DEBIAN=${BULLSEYE_DEBIAN:-http://deb.debian.org/debian}
SPECIMEN=resources/recordings/desk/mother_card_front.jpg
# To build Python and python-sane, to read and pack what was built.
TOOLS="gcc make libc6-dev binutils dpkg-dev libssl-dev zlib1g-dev libffi-dev libbz2-dev liblzma-dev uuid-dev libsane-dev ca-certificates"
# Libraries of the system that go into the bundle, or are there while it is put together.
LIBRARIES="libgl1 libegl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libgssapi-krb5-2 libusb-1.0-0
libx11-xcb1 libxext6 libsm6 libice6 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render0
libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1"

say() {
    printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"
}

step() {      # step NAME COMMAND...: timed, its output kept; the first that fails ends it all
    name=$1
    shift
    log=build/bullseye/$(echo "$name" | tr -cs 'A-Za-z0-9.\n' -).log
    began=$(date +%s)
    set +e
    (set -e && "$@") > "$log" 2>&1      # not within an if: there, a function goes on after its first failure
    ended=$?
    set -e
    took=$(printf '%-56s %5d s' "$name" $(($(date +%s) - began)))
    [ "$ended" = 0 ] && say "$took" && return
    say "$took  FAILED with $ended, the end of $log:"
    tail -n 40 "$log"
    exit 1
}

bare() {      # bare FOLDER: Debian 11 as it comes, in which no package starts a daemon
    debootstrap --variant=minbase bullseye "$1" "$DEBIAN"
    printf '127.0.0.1 localhost\n' > "$1/etc/hosts"
    printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
    mkdir -p "$1/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$1/usr/local/share/ca-certificates" \;
}

begin() {      # mount what a kernel gives; this namespace's end takes it along
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
}

inside() {      # inside FOLDER COMMAND...: as root, with a bare environment
    folder=$1
    shift
    set -- HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    for name in http_proxy https_proxy no_proxy PIP_INDEX_URL PIP_DEFAULT_TIMEOUT; do
        value=$(printenv "$name" || true)
        [ -z "$value" ] || set -- "$name=$value" "$@"
    done
    chroot "$folder" env -i -C /srv "$@"
}

tools() {
    inside "$1" apt-get update -q
    # shellcheck disable=SC2086
    inside "$1" apt-get install -y -q --no-install-recommends $TOOLS $LIBRARIES
}

python_source() {      # Debian 12's, with Debian's security patches; only sources come from there
    echo "deb-src $DEBIAN bookworm main" > "$1/etc/apt/sources.list.d/bookworm-source.list"
    inside "$1" apt-get update -q
    inside "$1" apt-get source -q -t bookworm python3.11
}

# With the expat it brings, for Debian 11's is too old for it. Debian's patch lets pyexpat read Python's internals, and Debian's own rules
# (which ask for newer tools than Debian 11 has) tell the compiler so.
python_built() {
    sed -i '1i #define Py_BUILD_CORE_MODULE 1' "$1"/srv/python3.11-*/Modules/pyexpat.c
    inside "$1" sh -euc 'cd python3.11-*/ && ./configure --prefix=/opt/python --enable-shared --without-ensurepip \
        LDFLAGS=-Wl,-rpath,/opt/python/lib && make -j"$(nproc)" && make install'
    inside "$1" /opt/python/bin/python3.11 -c "import ssl, ctypes, lzma, bz2, zlib, uuid, hashlib, pyexpat; print(ssl.OPENSSL_VERSION)"
}

wheels() {      # pip is ours: Debian's source brings none, and it runs on any Python
    cp -r "$(.venv/bin/python -c "import pip, pathlib; print(pathlib.Path(pip.__file__).parent)")" "$1/srv/oncedesk/.pip"
    inside "$1" sh -euc "cd oncedesk && /opt/python/bin/python3.11 -m venv --without-pip .venv && mkdir -p .pip-home && mv .pip .pip-home/pip
        pip() { PYTHONPATH=.pip-home PIP_CERT=/etc/ssl/certs/ca-certificates.crt .venv/bin/python -m pip install -q --no-deps \"\$@\"; }
        pip --require-hashes --only-binary=:all: --no-binary=python-sane -r tests/bundle/locks/$TARGET.lock
        pip --no-build-isolation -e ."
}

package() {
    inside "$1" sh -euc 'cd oncedesk && .venv/bin/python -m tests.bundle --build-only'
    mkdir -p dist/bullseye
    rm -f dist/bullseye/*.deb
    cp "$1"/srv/oncedesk/dist/*.deb dist/bullseye/
}

old_enough() {
    unpacked=$place/unpacked
    dpkg-deb --extract dist/bullseye/*.deb "$unpacked"
    # The starter and every library: objdump passes over what is neither.
    newest=$(find "$unpacked" -type f \( -name '*.so*' -o -perm -100 \) -print0 | xargs -0 objdump -T 2>/dev/null |
             grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1 | cut -d_ -f2)
    stated=$(dpkg-deb --field dist/bullseye/*.deb Depends | grep -oE 'libc6 \(>= [0-9.]+\)')
    echo "newest symbol: GLIBC_$newest; the package states $stated"
    [ "$(printf '%s\n%s\n' "$newest" "$NEWEST" | sort -V | tail -n 1)" = "$NEWEST" ]
    [ "$stated" = "libc6 (>= $newest)" ]
}

installed() {      # apt brings what Depends names, and nothing else is there
    cp dist/bullseye/*.deb "$1/srv/oncedesk.deb"
    cp "$SPECIMEN" "$1/srv/card.jpg"
    inside "$1" apt-get update -q
    inside "$1" apt-get install -y -q --no-install-recommends ./oncedesk.deb
}

started() {
    program=$(cd "$1" && ls opt/apps/*/files/bin/oncedesk)
    run() { chroot "$1" env -i -C /srv QT_QPA_PLATFORM=offscreen "/$program" --home /srv/home "$2" ${3:+"$3"} ${4:+"$4"}; }
    run "$1" doctor
    run "$1" themes check
    run "$1" --json read /srv/card.jpg | grep -q '"id_card_front"'
    run "$1" --demo --picture /srv/window.png
    cp "$1/srv/window.png" build/bullseye/window.png
}

if [ "${1:-}" = --inside ]; then
    place=$2 commit=$3
    step "Debian 11, to build in" bare "$place/build"
    cp -a "$place/build" "$place/use"
    begin "$place/build"
    mkdir -p "$place/build/srv/oncedesk"
    git archive "$commit" | tar -x -C "$place/build/srv/oncedesk"
    step "tools and libraries" tools "$place/build"
    step "Python 3.11: Debian's source package" python_source "$place/build"
    step "Python 3.11: built" python_built "$place/build"
    step "wheels of $TARGET" wheels "$place/build"
    step "the package is built" package "$place/build"
    step "nothing asks for more than GLIBC_$NEWEST" old_enough
    tail -n 1 "build/bullseye/nothing-asks-for-more-than-GLIBC-$NEWEST.log" || true
    begin "$place/use"
    step "installed in another Debian 11 by apt" installed "$place/use"
    step "doctor, themes check, read, a picture of the window" started "$place/use"
    step "tried on this machine, which has other libraries" .venv/bin/python -m tests.bundle --package dist/bullseye/*.deb --rounds 1
    exit
fi

[ "$(id -u)" = 0 ] || { echo "make bullseye mounts and changes root: please run it as root." >&2 && exit 2; }
[ "$(uname -m)" = x86_64 ] || { echo "make bullseye builds for x86_64 and must run on it." >&2 && exit 2; }
for program in debootstrap git unshare objdump dpkg-deb; do
    command -v "$program" >/dev/null || { echo "make bullseye needs $program: apt-get install debootstrap git util-linux binutils" >&2 && exit 2; }
done
[ -z "$(git status --porcelain)" ] || echo "Note: what is not committed is not built."
rm -rf build/bullseye
mkdir -p build/bullseye
commit=$(git rev-parse HEAD)
place=$(mktemp -d "${BULLSEYE_DIR:-/var/tmp}/oncedesk-bullseye.XXXXXX")
worker=""
clean() {
    # The first process of the namespace dies with unshare, every other one and every mount with it: what is left is a plain folder.
    [ -z "$worker" ] || kill -KILL "$worker" 2>/dev/null || true
    wait
    rm -rf --one-file-system "$place"
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
unshare --mount --pid --fork --kill-child sh "$0" --inside "$place" "$commit" &
worker=$!
status=0
wait "$worker" || status=$?
worker=""
[ "$status" = 0 ] && say "$(cd dist/bullseye && ls -- *.deb): stands"
exit "$status"
