"""The gallery's own sentences. Together they name every style that ships, both languages and both at once, and kinds,
seasons, times and weathers of many sorts; to show another, add a line."""

SENTENCES = (
    "a misty lake under snowy peaks at dusk, as an ink painting",
    "春天的花田，远处有山，莫奈风格",
    "a river valley in autumn, forests left and right, cloudy, by Hiroshige",
    "夏天的森林，正午晴天, an impressionist painting",
    "the sea coast before a storm, dramatic, as a Hokusai woodblock print",
    "冬天的山谷，三棵 pines on the left, snow is falling, photo",
    "dunes at dawn, a calm clear sky, by van Gogh",
    "黄昏的海岛，平静，浮世绘",
)

SEED = 4  # of what they leave open; chosen by eye among 0, 1, 2 and 4
