"""Invented people and what their papers say, from a seeded generator. Nobody real; towns, roads and hospitals do not exist.

Counties are real, because a number must begin with one. Rare characters of names occur about as often as a window meets them in a year
of hard cases, not in a day: the readers must know them.
"""

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from hardware.readings import IdCard
from hardware.simulated.people import check_digit

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹喻柏窦章云苏潘葛范彭鲁韦马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤罗毕郝安常"
    "乐于时傅齐康伍余元顾孟黄穆萧尹姚邵汪毛禹狄贝明臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾路江童颜郭梅盛林钟徐邱高夏蔡田樊胡凌霍万柯卢莫房缪解应宗丁"
    "宣邓单洪包左石崔龚程邢裴陆荣翁荀甄曲封储靳段焦侯全班秋仲宫宁仇栾甘厉祖武符刘詹龙叶幸司黎白蒲赖卓池乔苍双党翟谭姬申冉桑桂牛燕温庄晏柴瞿阎连习向古易廖耿匡文寇广欧沃蔚越师巩聂晁敖冷辛阚简饶曾沙鞠丰关蒯"
    "查游佘仝逄亓昝")
DOUBLE = ("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐")
GIVEN = (
    "晓月志远安禾思源佳怡文博子涵雨桐建国丽娟浩然雪梅海燕春生明轩静雯鑫磊婷宇航欣妍俊杰玉兰永强秀英桂芳梓睿一诺沐宸若曦依辰皓轩可馨诗琪嘉懿泽洋"
    "宏伟卫东红霞艳玲国庆兰香素珍凤仙德福长贵来顺银花金锁双喜小满立夏冬至千里万全士奇未央日新目明己巳天夫大太白百开闻人入末")
RARE = (
    "旸翀垚喆昇婳赟堃烜淏珺璟彧頔镕昉翮洺濡龑燚玥玮珩祎翊晟煜骁翾甯昶琰罡奕暄曈媛嫄頫曌弢峥嵘璇钰铄锜钊澍漪潞滢沄沅汐芃芊苒茜荟菡萱蓁蔺薇")
SCARCE = "㛃䶮𬭸𬍛䴙禤亓榡𫖯𬴊"
MINORITY = ("阿依古丽·买买提", "扎西·多吉", "古丽娜尔·艾山", "巴特尔", "央金卓玛", "迪丽拜尔·吐尔逊")
NATIONS = ("01", "01", "01", "01", "02", "03", "04", "05", "06", "08", "09", "11", "12", "15", "20")
TOWNS = ("示例镇", "样本乡", "范例街道", "虚构镇", "例子乡", "拟造街道", "假定镇")
ROADS = ("样本路", "示例街", "试验巷", "范本大道", "民族路", "拟名东路", "虚实胡同", "假山北街", "例证路西段")
ESTATES = ("", "", "示例花园", "样本小区", "范例家园", "虚构新村", "拟境华庭")
VILLAGES = ("示例村", "样本村", "范家庄村", "拟水屯村", "虚构社区")
EDUCATION = ("大学本科", "大学专科", "高中", "初中", "硕士研究生", "小学", "中专")
OCCUPATIONS = ("职员", "教师", "工人", "农民", "个体经营", "医生", "司机", "无")
MARITAL = ("已婚", "未婚", "初婚", "丧偶", "离婚", "有配偶")
RELATIONS = ("户主", "妻", "长子", "次女", "夫", "父亲", "母亲", "儿媳", "孙子", "女")
KINDS = ("妇幼保健院", "人民医院", "中医院", "第一医院", "中心卫生院", "妇产医院")
CAUSES = ("急性心肌梗死",
          "脑出血", "肺恶性肿瘤", "慢性阻塞性肺疾病", "冠状动脉粥样硬化性心脏病", "胃癌", "糖尿病肾病", "呼吸衰竭", "肝硬化", "重症肺炎")
DEATH_PLACES = ("医疗卫生机构", "家中", "来院途中", "养老服务机构", "其他场所")

Place = tuple[str, str]
"""Six digits and the name in full, province to county."""


@cache
def counties() -> tuple[Place, ...]:
    """Every county with its full name."""
    with resources.files("resources").joinpath("codes", "regions.csv").open(encoding="utf-8") as rows:
        known = {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(rows)}

    def full(code: str) -> str:
        name, parent = known[code]
        return (full(parent) if parent else "") + name

    return tuple((code, full(code)) for code in known if not code.endswith("00") and code < "660000" and known[code][1])


def invented_name(rng: random.Random) -> str:
    """Two to four characters, some rare; now and then a transcribed name with its dot."""
    if rng.random() < 0.03:
        return rng.choice(MINORITY)
    surname = rng.choice(DOUBLE) if rng.random() < 0.03 else rng.choice(SURNAMES)
    given = [rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2, 2)))]
    chance = rng.random()
    if chance < 0.2:
        given[-1] = rng.choice(RARE)
    elif chance < 0.22:
        given[-1] = rng.choice(SCARCE)
    return surname + "".join(given)


def invented_address(rng: random.Random, place: Place) -> str:
    """From province to door, in town or village."""
    if rng.random() < 0.4:
        return f"{place[1]}{rng.choice(TOWNS)}{rng.choice(VILLAGES)}{rng.randint(1, 12)}组{rng.randint(1, 288)}号"
    door = rng.choice(("", f"{rng.randint(1, 9)}单元{rng.randint(101, 2802)}室", f"{rng.randint(1, 40)}栋{rng.randint(101, 909)}",
                       f"{rng.randint(1, 33)}号楼{rng.randint(1, 4)}-{rng.randint(1, 18)}-{rng.randint(1, 4)}"))
    return f"{place[1]}{rng.choice(TOWNS)}{rng.choice(ROADS)}{rng.randint(1, 999)}号{rng.choice(ESTATES)}{door}"


def invented_number(rng: random.Random, place: Place, born: date, sex: str) -> str:
    """A citizen number with its check digit."""
    first17 = f"{place[0]}{born:%Y%m%d}{rng.randrange(0, 500) * 2 + (1 if sex == '1' else 0):03d}"
    return first17 + check_digit(first17)


def invented_person(rng: random.Random, sex: str, place: Place, born_from: date = date(1980, 1, 1)) -> IdCard:
    """Nobody: an identity card that passes every check."""
    born = born_from + timedelta(days=rng.randrange(8400))
    start = date(2012, 1, 1) + timedelta(days=rng.randrange(4000))
    long_term = rng.random() < 0.15
    county = place[1].removeprefix("河北省").split("市")[-1] or place[1]
    authority = rng.choice((f"{county}公安局", f"{county}公安局", f"{place[1]}公安局", f"{county}公安局示例分局"))
    if len(authority) > 13:                # longer ones would leave the card
        authority = f"{county}公安局"
    number, name, address = invented_number(rng, place, born, sex), invented_name(rng), invented_address(rng, place)
    return IdCard(type="resident", name=name, sex=sex, nation=rng.choice(NATIONS), birth_date=born,
                  number=number, address=address, authority=authority, valid_from=start,
                  valid_to=None if long_term else start.replace(year=start.year + rng.choice((10, 20)), day=min(start.day, 28)),
                  long_term=long_term)


@dataclass(frozen=True)
class Birth:
    """What a birth certificate says beside the parents."""

    cert_no: str
    child_name: str
    child_sex: str
    day: date
    time: str
    weeks: str
    weight: str
    length: str
    place: str
    hospital: str
    issued: date


@dataclass(frozen=True)
class Death:
    """What a death certificate says beside the dead person's own data."""

    cert_no: str
    day: date
    place: str
    cause: str
    marital: str
    family_name: str
    family_phone: str
    issued: date


def invented_birth(rng: random.Random, place: Place) -> Birth:
    """One child, born and certified."""
    born = date(2012, 1, 1) + timedelta(days=rng.randrange(5200))
    hospital = f"{place[1][-3:]}{rng.choice(('样本', '示例', '虚构'))}{rng.choice(KINDS)}"
    return Birth(cert_no=f"{rng.choice('OPQRSTUVWXYZ')}{place[0][:2]}{rng.randrange(10**7):07d}", child_name=invented_name(rng),
                 child_sex=rng.choice("12"), day=born, time=f"{rng.randrange(24):02d}:{rng.randrange(60):02d}",
                 weeks=str(rng.randint(30, 42)), weight=str(rng.randint(180, 460) * 10), length=str(rng.randint(42, 56)), place=place[1],
                 hospital=hospital, issued=born + timedelta(days=rng.randint(1, 200)))


def invented_death(rng: random.Random, person: IdCard) -> Death:
    """One death; the newer paper is numbered by the dead person's own citizen number."""
    day = date(2018, 1, 1) + timedelta(days=rng.randrange(3200))
    new = day >= date(2026, 7, 1) or rng.random() < 0.4
    number = person.number if new else f"{person.number[:6]}{day.year}{rng.randrange(10**5):05d}"
    return Death(cert_no=number, day=day, place=rng.choice(DEATH_PLACES), cause=rng.choice(CAUSES),
                 marital=rng.choice(("已婚", "未婚", "丧偶", "离婚")), family_name=invented_name(rng),
                 family_phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
                 issued=day + timedelta(days=rng.randint(0, 12)))
