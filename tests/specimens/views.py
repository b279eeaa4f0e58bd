"""Camera views of invented families' papers, for measuring: desks, weights, poses, light and noise vary with the seed."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from hardware.readings import IdCard
from hardware.simulated.people import Household, Marriage, check_digit
from tests.specimens import papers
from tests.specimens.papers import Specimen
from tests.specimens.scenes import DESKS, Pose, Scene, view

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻柏窦章云苏潘葛范彭鲁韦马苗凤方俞任袁柳"
GIVEN = "晓月志远安禾思源佳怡文博子涵雨桐建国丽娟浩然雪梅海燕春生明轩静雯鑫磊婷婷宇航欣妍俊杰玉兰永强秀英桂芳梓睿"
PLACES = (("130529", "河北省邢台市巨鹿县"), ("431222", "湖南省怀化市沅陵县"), ("520100", "贵州省贵阳市"), ("330106", "浙江省杭州市西湖区"))
TOWNS = ("示例镇", "样本乡", "范例街道", "虚构镇")
ROADS = ("样本路", "示例街", "试验巷", "范本大道", "民族路")
EDUCATION = ("大学本科", "大学专科", "高中", "初中", "硕士研究生")
OCCUPATIONS = ("职员", "教师", "工人", "农民", "个体经营")


def invented_person(rng: random.Random, sex: str, place: tuple[str, str]) -> IdCard:
    """Nobody: an identity card that passes every check."""
    born = date(1980, 1, 1) + timedelta(days=rng.randrange(8400))
    sequence = rng.randrange(0, 500) * 2 + (1 if sex == "1" else 0)
    first17 = f"{place[0]}{born:%Y%m%d}{sequence:03d}"
    address = (f"{place[1]}{rng.choice(TOWNS)}{rng.choice(ROADS)}{rng.randint(1, 288)}号"
               + rng.choice(("", f"{rng.randint(1, 9)}单元{rng.randint(101, 2802)}室", f"{rng.randint(1, 40)}栋{rng.randint(101, 909)}")))
    start = date(2012, 1, 1) + timedelta(days=rng.randrange(4000))
    long_term = rng.random() < 0.15
    return IdCard(type="resident", name=rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2, 2)))), sex=sex,
                  nation=rng.choice(("01", "01", "01", "02", "03", "08", "11", "15")), birth_date=born,
                  number=first17 + check_digit(first17), address=address, authority=f"{place[1][-3:]}公安局", valid_from=start,
                  valid_to=None if long_term else start.replace(year=start.year + 20, day=min(start.day, 28)), long_term=long_term)


def invented_specimens(rng: random.Random) -> dict[str, Specimen]:
    """One family's papers by doc_type."""
    place = rng.choice(PLACES)
    wife, husband = invented_person(rng, "2", place), invented_person(rng, "1", place)
    day = date(2005, 1, 1) + timedelta(days=rng.randrange(7000))
    marriage = Marriage(wife.name, f"J{place[0]}-{day.year}-{rng.randrange(1, 9000):06d}", day)
    assert husband.address is not None
    home = Household(household_type=rng.choice(("家庭户", "集体户")), household_no=f"{rng.randrange(10**8, 10**9)}",
                     head_name=husband.name, address=husband.address, issue_date=day)
    member = replace(home, member_relation=rng.choice(("户主", "妻", "长子")), native_place=place[1], birth_place=place[1],
                     education=rng.choice(EDUCATION), occupation=rng.choice(OCCUPATIONS), height=str(rng.randint(150, 190)),
                     blood=rng.choice(("A", "B", "O", "AB")), marital=rng.choice(("已婚", "未婚", "初婚")))
    return {
        "id_card_front": papers.id_card_front(wife, rng),
        "id_card_back": papers.id_card_back(husband, rng),
        "marriage_certificate": papers.marriage_certificate(wife, husband, marriage, rng, wife_first=rng.random() < 0.5),
        "household_register_home": papers.household_register_home(home, rng),
        "household_register_member": papers.household_register_member(husband, member, day, rng),
    }


def varied_views(count: int, seed: str, *, desks: tuple[str, ...] = DESKS) -> Iterator[tuple[str, Scene]]:
    """Single papers and pairs in turn, each with the name of its desk; sharp as a resting paper is."""
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        specimens = invented_specimens(rng)
        wanted = list(specimens)[number % len(specimens)]
        desk = desks[(number // 2) % len(desks)]
        turn = rng.choice((0, 90, 180, 270)) + rng.uniform(-7, 7)
        laid = [(specimens[wanted], Pose(170 + rng.uniform(-25, 25), 127 + rng.uniform(-15, 15), turn))]
        if wanted == "id_card_front" and rng.random() < 0.5:
            turn = rng.choice((0, 180)) + rng.uniform(-6, 6)
            laid = [(specimens["id_card_front"], Pose(100 + rng.uniform(-15, 10), 127 + rng.uniform(-30, 30), turn)),
                    (specimens["id_card_back"], Pose(235 + rng.uniform(-10, 15), 127 + rng.uniform(-30, 30), turn))]
        yield desk, view(laid, rng, desk=desk, tilt=rng.uniform(10, 70), light=rng.uniform(0, 0.4), blur=rng.uniform(0.4, 1.1),
                         noise=rng.uniform(1, 5))
