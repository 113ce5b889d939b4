"""Chinese sentences, and mixed ones, and what they state."""

import pytest

from pleinair.fiction.language import understand
from tests.fiction.sentences import expected, items

SENTENCES = {
    "雪山下的湖，黄昏有雾，水墨画": "kind=lake time=dusk weather=fog style=shanshui mountain:background snow",
    # kinds
    "海边": "kind=coast",
    "一片森林": "kind=forest",
    "大漠": "kind=desert",
    "竹林": "kind=forest bamboo",
    "一座小岛": "kind=island island:small",
    "碧蓝的大海": "kind=coast sea:blue",
    "一条小溪穿过竹林": "kind=river forest bamboo",
    "被群山环绕的湖": "kind=lake mountain",
    "开满野花的草原": "kind=meadow flower",
    "湖边的三棵松树": "lake pine:3",
    "山谷里有一条小溪": "kind=river",
    # counts
    "两棵松树和五块石头": "pine:2 rock:5",
    "三棵树": "tree:3",
    "几棵树，许多石头": "tree rock",
    "悬崖上只有一棵松树": "cliff pine:1",
    "湖中有一座孤岛": "kind=island lake",
    "十二座山峰": "kind=mountains peak:12",
    "两三棵松树": "pine",
    # places
    "湖的左边有两棵松树": "kind=lake pine:2:left",
    "左边有两棵松树，右边有一块大石头": "pine:2:left rock:right:large",
    "两棵松树在左边": "pine:2:left",
    "画面中央有一座瀑布": "waterfall:center",
    "远处有雪山": "kind=mountains mountain:background snow",
    "湖后面有雪山": "kind=lake mountain:background snow",
    "雪山前面的湖": "kind=lake lake:foreground mountain snow",
    "近处是芦苇，远处是小山": "reeds:foreground hill:background",
    "瀑布下的水潭": "kind=lake waterfall:background",
    "左侧的松树和石头": "pine:left rock:left",
    "一块石头在树的右边": "rock:right tree",
    "中景有灌木": "bush:middle",
    "左前方有一块巨石": "rock:left:foreground:large",
    # sizes and colors
    "红色的花，绿色的草": "flower:red grass:green",
    "湖水碧绿": "kind=lake lake:green",
    "花是紫色的": "flower:purple",
    "红色和白色的花": "flower:red flower:white",
    "高大的松树": "pine:large",
    "夕阳下的金色沙丘": "kind=desert dune:golden time=dusk sun",
    # season, time, weather, mood
    "深秋的早晨": "season=autumn time=morning",
    "盛夏正午的草原": "kind=meadow season=summer time=noon",
    "初春，细雨中的江南": "season=spring weather=rain",
    "月夜的湖": "kind=lake time=night moon",
    "星空下的沙漠": "kind=desert time=night stars",
    "清晨薄雾中的河流": "kind=river time=morning weather=fog",
    "大雪纷飞的森林": "kind=forest weather=snow",
    "暴风雨中的大海，波涛汹涌": "kind=coast weather=storm mood=dramatic",
    "阴天，宁静的池塘": "kind=lake weather=overcast mood=calm",
    "晴朗的下午，山坡": "kind=hills weather=clear time=afternoon",
    "万里无云的草原": "kind=meadow weather=clear without=cloud",
    "气势磅礴的瀑布": "waterfall mood=dramatic",
    # four characters
    "烟雨江南": "weather=rain",
    "层峦叠嶂": "kind=mountains",
    "皑皑白雪": "snow:white",
    "云雾缭绕": "weather=fog",
    "青山绿水，白云悠悠": "kind=mountains mountain:green cloud:white",
    "波澜壮阔的海": "kind=coast mood=dramatic",
    # negation
    "没有树的山坡": "kind=hills without=tree",
    "湖边没有树和石头": "kind=lake without=tree without=rock",
    "湖边一棵树也没有": "kind=lake without=tree",
    "草原，不要云，不要花": "kind=meadow without=cloud without=flower",
    "没有云的夜晚": "time=night without=cloud",
    "没有雾的峡谷": "kind=canyon without=fog",
    "没有树，只有石头": "rock without=tree",
    "湖里没有红色的花": "kind=lake without=flower",
    "无树无草的沙漠": "kind=desert without=tree without=grass",
    # styles
    "浮世绘风格的海": "kind=coast style=hiroshige",
    "北斋风格的瀑布": "waterfall style=hokusai",
    "梵高风格的麦田": "kind=meadow style=vangogh",
    "莫奈的睡莲池塘": "kind=lake flower style=monet",
    "印象派，秋天的森林": "kind=forest season=autumn style=impressionism",
    "冰川的照片": "kind=glacier style=photo",
    # refused
    "一个人站在悬崖上": "cliff refused=人",
    "湖上有一艘渔船": "kind=lake refused=渔船",
    "三只狗和一座房子": "refused=狗 refused=房子",
    "没有人的海滩": "kind=coast",
    # traditional characters, and both languages at once
    "湖邊有一棵孤樹，遠處是雪山，黃昏，沒有雲": "kind=lake tree:1 mountain:background snow time=dusk without=cloud",
    "兩塊巨石後面有瀑布": "rock:2:large waterfall:background",
    "夜晚的島嶼，浮世繪": "kind=island time=night style=hiroshige",
    "a misty 湖 under 雪山, 水墨画": "kind=lake weather=fog mountain:background snow style=shanshui",
    "三棵 pine 在左边": "pine:3:left",
    "雪山 at dusk, no trees": "kind=mountains snow time=dusk without=tree",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_chinese_sentence_states(sentence: str) -> None:
    assert items(understand(sentence)) == expected(SENTENCES[sentence])
