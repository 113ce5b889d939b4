"""English sentences and what they state."""

import pytest

from pleinair.fiction.language import understand
from tests.fiction.sentences import expected, items

SENTENCES = {
    # the issue's own
    "a misty lake under snowy peaks at dusk, as an ink painting": (
        "kind=lake weather=fog time=dusk style=shanshui peak:background snow"
    ),
    # kinds
    "mountains": "kind=mountains",
    "a beach": "kind=coast",
    "the open sea": "kind=coast",
    "woods": "kind=forest",
    "a wide prairie": "kind=meadow",
    "dunes": "kind=desert",
    "a deep gorge": "kind=canyon",
    "a babbling brook": "kind=river",
    "a waterfall": "waterfall",
    "three pines on a cliff": "pine:3 cliff",
    "a small lake on the left": "kind=lake lake:small:left",
    "a blue lake": "kind=lake lake:blue",
    "a sandy beach": "kind=coast sand",
    "a river valley": "kind=valley river",
    "a pine forest": "kind=forest pine",
    "a field of red poppies": "kind=meadow flower:red",
    "a photograph of a canyon": "kind=canyon style=photo",
    "sunset over the sea": "kind=coast time=dusk",
    "winter in the mountains": "kind=mountains season=winter",
    # counts
    "a lake with two pines": "kind=lake pine:2",
    "a dozen palms on an island": "palm:12 island",
    "a pair of rocks by a stream": "rock:2 river",
    "a lone oak on a hill": "tree:1 hill",
    "12 pines and 3 rocks": "pine:12 rock:3",
    "half a dozen boulders in a river": "rock:6 river",
    "several trees": "tree",
    "three small islands in a turquoise sea": "kind=island island:3:small sea:blue",
    # places and depths
    "two pines and a rock on the left": "pine:2:left rock:left",
    "a lake with two pines on the left and a rock on the right": "kind=lake pine:2:left rock:right",
    "On the left stand two tall pines": "pine:2:left:large",
    "in the center, a waterfall": "waterfall:center",
    "a lake with mountains in the distance": "kind=lake mountain:background",
    "reeds in the foreground, hills in the background": "reeds:foreground hill:background",
    "a pine behind the rock": "pine:background rock",
    "a rock in front of a waterfall": "rock:foreground waterfall",
    "a lake with mountains behind it": "kind=lake mountain:background",
    "a river at the foot of a cliff": "kind=river cliff:background",
    "a meadow beneath distant peaks": "kind=meadow peak:background",
    "a big tree stands to the right of the path": "tree:right:large path",
    "Behind the lake rise snow-capped mountains": "kind=lake mountain:background snow",
    "bushes in the middle ground of a valley": "bush:middle kind=valley",
    "a rock in the left foreground": "rock:left:foreground",
    "nearby rocks and faraway hills": "rock:foreground hill:background",
    # sizes and colors
    "a huge gray rock under a little tree": "rock:large:gray tree:small:background",
    "a medium-sized pond": "kind=lake pond:medium",
    "crimson flowers and emerald grass": "flower:red grass:green",
    "the lake is blue and the mountains are tall": "kind=lake lake:blue mountain:large",
    "golden dunes under a full moon": "kind=desert dune:golden moon",
    "red and white flowers by a brook": "flower:red flower:white river",
    "a tall, slender pine": "pine:large",
    "a beach with white sand": "kind=coast sand:white",
    # season, time, weather, mood
    "an autumnal forest in the early morning": "kind=forest season=autumn time=morning",
    "a lake in fall": "kind=lake season=autumn",
    "midday in the desert": "kind=desert time=noon",
    "a coast at golden hour": "kind=coast time=dusk",
    "a valley at first light": "kind=valley time=dawn",
    "a canyon in the late afternoon": "kind=canyon time=afternoon",
    "midnight over a glacier": "kind=glacier time=night",
    "under a starry sky, a quiet meadow": "kind=meadow time=night mood=calm stars",
    "a moonlit river": "kind=river time=night moon",
    "a setting sun behind palms": "time=dusk sun:background palm",
    "a stormy sea": "kind=coast weather=storm",
    "snow is falling on a silent forest": "kind=forest weather=snow mood=calm",
    "a blizzard in the mountains": "kind=mountains weather=storm",
    "mist over the lake": "kind=lake weather=fog",
    "rain and mist in the hills": "kind=hills weather=rain fog",
    "a hill under leaden skies": "kind=hills weather=overcast",
    "a cloudless summer day by the sea": "kind=coast season=summer weather=clear without=cloud",
    "a clear lake": "kind=lake",
    "a clear night in the desert": "kind=desert weather=clear time=night",
    "an epic canyon": "kind=canyon mood=dramatic",
    "the majestic mountains": "kind=mountains",
    # negation
    "hills without trees": "kind=hills without=tree",
    "a treeless island": "kind=island without=tree",
    "a lake, no trees, no rocks": "kind=lake without=tree without=rock",
    "a desert without any dunes or rocks": "kind=desert without=dune without=rock",
    "no trees, rocks or clouds": "without=tree without=rock without=cloud",
    "no snow on the peaks": "peak without=snow",
    "a meadow with not a single tree": "kind=meadow without=tree",
    "neither trees nor flowers grow on the hills": "kind=hills without=tree without=flower",
    "a valley, not foggy": "kind=valley without=fog",
    "a moonless night": "time=night without=moon",
    "no trees on the left, a rock on the right": "without=tree rock:right",
    "a lake that is not blue": "kind=lake",
    "not only pines but also rocks": "pine rock",
    "no clouds, just sand": "sand without=cloud",
    "no pines and a rock": "rock without=pine",
    "a cloud-free sky over dunes": "kind=desert without=cloud",
    # styles
    "a wave-beaten coast by Hokusai": "kind=coast style=hokusai",
    "a bay as a ukiyo-e woodblock print": "kind=coast style=hiroshige",
    "a Hokusai woodblock print of a waterfall": "waterfall style=hokusai",
    "wheat field in the style of Van Gogh": "kind=meadow style=vangogh",
    "a pond, impressionist painting by Monet": "kind=lake style=monet",
    "an impressionist river": "kind=river style=impressionism",
    "photorealistic dunes": "kind=desert style=photo",
    # what is refused
    "a knight on a white horse by the river": "kind=river refused=knight refused=horse",
    "a castle on a hill": "kind=hills refused=castle",
    "a small red boat on a lake": "kind=lake refused=boat",
    "a lake and no people": "kind=lake",
    "two dogs": "refused=dogs",
    "a stone bridge over a stream": "kind=river refused=bridge",
    # longer ones
    "In the distance, snowy peaks; in the foreground a quiet lake with reeds": (
        "kind=lake lake:foreground mood=calm peak:background snow reeds"
    ),
    "a calm sea at sunrise with a lone island in the distance, Monet style": (
        "kind=coast mood=calm time=dawn island:1:background style=monet"
    ),
    "rolling hills dotted with red poppies, surrounded by tall pines": "kind=hills flower:red pine:large",
    "a cliff topped with a single pine, the moon above": "cliff pine:1 moon",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_an_english_sentence_states(sentence: str) -> None:
    assert items(understand(sentence)) == expected(SENTENCES[sentence])
