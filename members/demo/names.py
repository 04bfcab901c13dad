"""Invented names, each with the letters of its email where it is not written in Latin ones."""

import unicodedata
from collections import Counter
from itertools import chain, islice, product
from itertools import count as count_from

LATIN_GIVEN = (
    "Amélie Anna Ben Bruno Carla Chloé David Elena Emil Fatima François Grace Hannah Ingrid Iván "
    "James Jürgen Katarína Lars Lucía Marie Mateo Nadia Noah Olivia Paulo Priya Renée Samuel "
    "Sofía Tomáš Ugo Vera William Yasmin Zoë"
)
LATIN_FAMILY = (
    "Almeida Andersson Bianchi Brown Castañeda Clarke Dubois Eriksson Fernández Fischer García "
    "Gruber Haddad Hoffmann Ibáñez Jansen Kowalski Laurent Lefèvre Martin Moreau Müller Nguyen "
    "Novák Okafor Oliveira Patel Petit Ricci Rossi Santos Schäfer Smith Svensson Taylor Varga "
    "Weber Wilson Yılmaz Zimmermann"
)
CHINESE_GIVEN = (
    "伟 Wei|芳 Fang|娜 Na|敏 Min|静 Jing|强 Qiang|磊 Lei|洋 Yang|艳 Yan|杰 Jie|涛 Tao|明 Ming|"
    "晓梅 Xiaomei|国华 Guohua|思远 Siyuan|雨桐 Yutong"
)
CHINESE_FAMILY = (
    "王 Wang|李 Li|张 Zhang|刘 Liu|陈 Chen|杨 Yang|赵 Zhao|黄 Huang|周 Zhou|吴 Wu|徐 Xu|孙 Sun"
)
JAPANESE_GIVEN = (
    "葵 Aoi|大翔 Hiroto|花子 Hanako|健太 Kenta|結衣 Yui|さくら Sakura|翔太 Shota|陽菜 Hina|"
    "直樹 Naoki|真由美 Mayumi|蓮 Ren|美咲 Misaki"
)
JAPANESE_FAMILY = (
    "佐藤 Sato|鈴木 Suzuki|高橋 Takahashi|田中 Tanaka|伊藤 Ito|渡辺 Watanabe|山本 Yamamoto|"
    "中村 Nakamura|小林 Kobayashi|加藤 Kato"
)

DEPARTMENTS = (
    "Accounting|Analytics|Brand|Cloud Operations|Compliance|Customer Success|Data Platform|Design|"
    "Developer Tools|Field Service|Firmware|Frontend|Human Resources|Infrastructure|Internal Audit|"
    "Legal|Logistics|Machine Learning|Manufacturing|Marketing|Mobile|Partnerships|Payments|"
    "Platform Engineering|Procurement|Product|Quality|Research|Risk|Robotics|Sales|Search|Security|"
    "Simulation|Site Reliability|Supply Chain|Support|Treasury|Warehouse Systems|Web"
)
CITIES = (
    "Amsterdam|Bangalore|Barcelona|Berlin|Boston|Dublin|Hamburg|Lagos|Lisbon|London|Madrid|Milan|"
    "Munich|Nairobi|New York|Osaka 大阪|Paris|Prague|Seattle|Shanghai 上海|Singapore|Stockholm|"
    "Sydney|Tokyo 東京|Toronto"
)
PURPOSES = "auditors|deployers|early access|guild|on call|readers|releases|reviews|trainees|writers"


def latin():
    """Every (name, letters) of the Latin lists; `letters` is what an email begins with."""
    for given, family in product(LATIN_GIVEN.split(), LATIN_FAMILY.split()):
        yield f"{given} {family}", _letters(given, family)


def chinese():
    for given, family in product(_pairs(CHINESE_GIVEN), _pairs(CHINESE_FAMILY)):
        yield family[0] + given[0], _letters(given[1], family[1])


def japanese():
    for given, family in product(_pairs(JAPANESE_GIVEN), _pairs(JAPANESE_FAMILY)):
        yield f"{family[0]} {given[0]}", _letters(given[1], family[1])


def _pairs(text):
    return [each.split(" ") for each in text.split("|")]


def _letters(given, family):
    plain = unicodedata.normalize("NFKD", f"{given}.{family}".lower().replace("ı", "i"))
    return plain.encode("ascii", "ignore").decode()


def invent(random, count):
    """`count` different people as (name, letters): of ten six Latin, two Chinese, two Japanese."""
    people = [
        *random.sample(list(chinese()), count // 5),
        *random.sample(list(japanese()), count // 5),
        *random.sample(list(latin()), count - count // 5 * 2),
    ]
    random.shuffle(people)
    return people


def crowd(random, count):
    """`count` people as `invent` gives them, namesakes among them; no two have the same letters."""
    family = LATIN_FAMILY.split()
    seconds = [("", ""), *((f" {each}", _letters("", each)) for each in family)]
    with_two = [(one + two, a + b) for (one, a), (two, b) in product(latin(), seconds)]
    fifth = count // 5
    people = [
        *random.choices(list(chinese()), k=fifth),
        *random.choices(list(japanese()), k=fifth),
        *random.choices(with_two, k=count - 2 * fifth),
    ]
    random.shuffle(people)
    seen = Counter()
    for name, letters in people:
        seen[letters] += 1
        yield name, f"{letters}{seen[letters]}" if seen[letters] > 1 else letters


def team_names(random, count):
    """`count` different names of billing groups."""
    return _different(random, DEPARTMENTS, CITIES, count)


def group_names(random, count):
    """`count` different names of groups."""
    return _different(random, DEPARTMENTS, PURPOSES, count)


def _different(random, firsts, seconds, count):
    names = list(map(" ".join, product(firsts.split("|"), seconds.split("|"))))
    random.shuffle(names)
    numbered = (f"{name} {more}" for more in count_from(2) for name in names)
    return list(islice(chain(names, numbered), count))
