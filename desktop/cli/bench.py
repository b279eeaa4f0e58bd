"""`oncedesk bench`: how fast a room is, as `desktop.bench` measures it."""

import argparse

from desktop.cli.commands import argument, command
from desktop.cli.outcome import DONE, FOUND, CannotBeDone, Outcome
from desktop.settings import Settings


def _name(parser: argparse.ArgumentParser) -> None:
    from desktop.bench import BENCHES

    parser.add_argument("name", choices=tuple(BENCHES))


@command("bench", "测速，与另一种做法在同一次运行中比较", _name,
         argument("--seconds", type=float, default=2.0, help="每一项大约测多久；frames 另外总要跑满一百万条"))
def _bench(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.bench import BENCHES

    try:
        timings = BENCHES[args.name](args.seconds)
    except ModuleNotFoundError as e:    # the installed program brings neither the benches nor what they compare with (installer.spec)
        raise CannotBeDone(f"安装版里没有测速（缺 {e.name}）：请从源码运行。") from e
    rows = [{"name": one.name, "ms": round(one.ms, 3), "ms_p95": round(one.ms_p95, 3), "against": one.against,
             "against_ms": round(one.against_ms, 3), "ratio": round(one.ratio, 3), "target_ms": one.target_ms, "ok": one.ok,
             **one.detail} for one in timings]
    lines = [f"{'好' if one.ok else '慢'}  {one.name}：{one.ms:.2f} 毫秒（{one.against} {one.against_ms:.2f} 毫秒，{one.ratio:.2f} 倍）"
             for one in timings]
    return Outcome(rows, lines, DONE if all(one.ok for one in timings) else FOUND)


add = _bench.add
