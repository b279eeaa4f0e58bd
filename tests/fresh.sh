#!/bin/sh
# Proves that the README's two commands work on a bare machine: `make fresh`, or `sh tests/fresh.sh SYSTEM...` (bookworm, trixie, noble,
# resolute; without a name the two Debians). For each, two bare systems with make and nothing else, not even git, and HEAD laid into both:
#   as root             make demo, then make test (its set-up is done by then), then make demo again
#   as ordinary user    make test is refused with one apt-get line, root runs that line, then make test, then make demo
# and each time, that a second run finds nothing left to set up. Times go to the screen, what the commands print to build/fresh/.
#
# Needs root, debootstrap, git, a network, 8 GB in $FRESH_DIR (/var/tmp), Ubuntu's archive keyring for noble and resolute. Mirrors:
# $FRESH_DEBIAN, $FRESH_UBUNTU. Certificates added to this machine, proxies and pip's index go along: a PC of the same office has them, too.
# Ends with 0 when everything stood, 1 when a step failed, 2 when it cannot run here.
set -eu
cd "$(dirname "$0")/.."

# --- one system, in namespaces of its own -----------------------------------------------------------------------------

bare() {      # bare FOLDER: the system as it comes from its archive
    case $system in
        bookworm | trixie) mirror=${FRESH_DEBIAN:-http://deb.debian.org/debian} components=main alike=sid ;;
        noble | resolute) mirror=${FRESH_UBUNTU:-http://archive.ubuntu.com/ubuntu} components=main,universe alike=gutsy ;;
    esac
    scripts=/usr/share/debootstrap/scripts      # an older debootstrap knows no newer system, but all are made like this one
    [ -e "$scripts/$system" ] && alike=$system
    debootstrap --variant=minbase --include=make --components="$components" "$system" "$1" "$mirror" "$scripts/$alike"
    # What an installer would have written, and no daemon started by its package: there is no init, and the network is the host's.
    printf '127.0.0.1 localhost\n::1 localhost\n' > "$1/etc/hosts"
    printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
    mkdir -p "$1/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$1/usr/local/share/ca-certificates" \;
}

begin() {      # begin FOLDER: lay the project in, and mount what a kernel gives; this namespace's end takes the mounts along
    root=$1
    mkdir -p "$root/srv/oncedesk"
    git archive "$commit" | tar -x -C "$root/srv/oncedesk"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    while read -r name major minor; do
        mknod -m 666 "$root/dev/$name" c "$major" "$minor"
    done <<DEVICES
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
DEVICES
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,mode=620,ptmxmode=666,gid=5 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
}

leave() {      # the folder is given back at once: the next one needs the room
    umount -R "$root/proc" "$root/sys" "$root/dev"
    rm -rf --one-file-system "$root"
}

as() {      # as USER COMMAND...: in the system's copy of the project, with a bare environment
    user=$1
    shift
    home=/root
    [ "$user" = root ] || home=/home/$user
    set -- HOME="$home" USER="$user" TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    for name in http_proxy https_proxy no_proxy PIP_INDEX_URL PIP_DEFAULT_TIMEOUT; do
        value=$(printenv "$name" || true)
        [ -z "$value" ] || set -- "$name=$value" "$@"
    done
    # Debian 12's pip believes its own list of certificates unless told otherwise.
    [ -z "${PIP_CERT:-}" ] || set -- PIP_CERT=/etc/ssl/certs/ca-certificates.crt "$@"
    chroot --userspec="$user" "$root" env -i -C /srv/oncedesk "$@"
}

say() {
    printf '%s  %-8s  %s\n' "$(date +%H:%M:%S)" "$system" "$*"
}

step() {      # step NAME COMMAND...: timed, its output kept; the first one that fails ends the system
    name=$1
    shift
    log=build/fresh/$system/$(echo "$name" | tr -cs 'a-z\n' -).log
    began=$(date +%s)
    set +e
    (set -e && "$@") > "$log" 2>&1      # not within an if: there, a function goes on after its first failure
    ended=$?
    set -e
    took=$(printf '%-44s %5d s' "$name" $(($(date +%s) - began)))
    [ "$ended" = 0 ] && say "$took" && return
    say "$took  FAILED with $ended, the end of $log:"
    tail -n 60 "$log"
    exit 1
}

refused() {      # make as a user on a bare system: not zero, and the line that mends it
    ! as clerk make test && as clerk sh tests/setup.sh 2>&1 | grep -q 'apt-get update && apt-get install'
}

idle() {      # idle USER: the set-up, run although make would not, finds nothing to install
    as "$1" sh tests/setup.sh > "$place/again" 2>&1
    cat "$place/again"
    ! grep -q 'Installing system packages' "$place/again"
}

one_system() {
    place=$1 commit=$2 system=$3
    rm -rf "build/fresh/$system"
    mkdir -p "build/fresh/$system"
    step "debootstrap" bare "$place/bare"
    cp -a "$place/bare" "$place/user"

    begin "$place/bare"
    step "root: make demo, on the bare system" as root make demo
    step "root: make has nothing left to set up" as root make -q .venv/.ready
    step "root: the set-up by itself installs nothing" idle root
    step "root: make test" as root make test
    step "root: make demo again" as root make demo
    leave

    begin "$place/user"
    step "user: is added" sh -c "chroot '$root' useradd -m clerk && chroot '$root' chown -R clerk: /srv/oncedesk"
    step "user: make test is refused with one line" refused
    line=$(as clerk sh tests/setup.sh 2>&1 | grep -o 'apt-get update.*')
    step "root runs that line" as root env DEBIAN_FRONTEND=noninteractive sh -c "$line"
    step "user: make test" as clerk make test
    step "user: make has nothing left to set up" as clerk make -q .venv/.ready
    step "user: the set-up by itself installs nothing" idle clerk
    step "user: make demo" as clerk make demo
    leave
    say "stands"
}

if [ "${1:-}" = --inside ]; then
    one_system "$2" "$3" "$4"
    exit
fi

# --- all of them ------------------------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || { echo "make fresh mounts and changes root: please run it as root." >&2 && exit 2; }
for program in debootstrap git unshare; do
    command -v "$program" >/dev/null || { echo "make fresh needs $program: apt-get install debootstrap git util-linux" >&2 && exit 2; }
done
[ -z "$(git status --porcelain)" ] || echo "Note: what is not committed is not tested."
[ $# -gt 0 ] || set -- bookworm trixie
for system in "$@"; do
    case $system in
        bookworm | trixie | noble | resolute) ;;
        *) echo "$system: not one of bookworm, trixie, noble, resolute" >&2 && exit 2 ;;
    esac
done

commit=$(git rev-parse HEAD)      # however long this takes, all systems get the same
place=$(mktemp -d "${FRESH_DIR:-/var/tmp}/oncedesk-fresh.XXXXXX")
inside=""
clean() {
    # The first process of the namespace dies with unshare, every other one and every mount with it: what is left is a plain folder.
    [ -z "$inside" ] || kill -KILL "$inside" 2>/dev/null || true
    wait
    rm -rf --one-file-system "$place" || { sleep 2 && rm -rf --one-file-system "$place"; }
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

failed=""
for system in "$@"; do
    unshare --mount --pid --fork --kill-child sh "$0" --inside "$place" "$commit" "$system" &
    inside=$!
    wait "$inside" || failed="$failed $system"
    inside=""
    rm -rf --one-file-system "${place:?}"/*
done
[ -z "$failed" ] || { echo "Failed:$failed" && exit 1; }
