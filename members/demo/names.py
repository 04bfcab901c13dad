"""Invented names, each with the letters of its email where it is not written in Latin ones."""

import unicodedata
from itertools import product

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
