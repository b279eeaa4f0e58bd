# A desktop of its own with fcitx5 and one blank of the form in it; types pinyin as a clerk would. Arguments: python, folder.
set -u
export HOME="$2" XDG_RUNTIME_DIR="$2/run" XDG_CONFIG_HOME="$2/config"
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
mkdir -p "$XDG_CONFIG_HOME/fcitx5"
cat > "$XDG_CONFIG_HOME/fcitx5/profile" <<'PROFILE'
[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin
[Groups/0/Items/0]
Name=keyboard-us
[Groups/0/Items/1]
Name=pinyin
[GroupOrder]
0=Default
PROFILE
until_it() { for _ in $(seq 150); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "never: $*" >&2; exit 1; }

openbox & desktop=$!
fcitx5 --disable=wayland,waylandim,kimpanel > "$2/fcitx.log" 2>&1 & server=$!
trap 'kill $desktop $server $window 2> /dev/null' EXIT
window=
until_it fcitx5-remote
"$1" -m tests.ui.typing_window "$2" & window=$!
until_it xdotool search --name '^typing$'
xdotool search --name '^typing$' windowactivate --sync
chinese() { fcitx5-remote -o; [ "$(fcitx5-remote -n)" = pinyin ] && [ "$(fcitx5-remote)" = 2 ]; }
until_it chinese
for word in nihao shijie; do
    xdotool type --delay 80 "$word"
    sleep 1
    xdotool key space
    sleep 0.5
done
until_it grep -q '世界' "$2/typed"
