"""Edits: what a sentence states is changed, and nothing else."""

from dataclasses import replace

import pytest

from pleinair.errors import SettingError
from pleinair.fiction.language import Understood, edit, understand
from pleinair.fiction.spec import Camera, SceneSpec
from tests.fiction.sentences import expected, items

SCENE = "a misty lake at dusk with two pines on the left and a red rock, as an ink painting"
STATED = "kind=lake weather=fog time=dusk style=shanshui pine:2:left rock:red"
EDITS = {
    "now in winter": STATED + " season=winter",
    "make it night": STATED.replace("dusk", "night"),
    "改成夜晚": STATED.replace("dusk", "night"),
    "把季节改成秋天": STATED + " season=autumn",
    "as a photo": STATED.replace("shanshui", "photo"),
    "换成浮世绘": STATED.replace("shanshui", "hiroshige"),
    "make it dramatic": STATED + " mood=dramatic",
    "in the rain": STATED.replace("fog", "rain"),
    "without clouds": STATED + " without=cloud",
    "remove the fog": STATED.replace("weather=fog", "without=fog"),
    "没有雾": STATED.replace("weather=fog", "without=fog"),
    "remove the trees": STATED.replace("pine:2:left", "without=tree"),
    "去掉松树": STATED.replace("pine:2:left", "without=pine"),
    "把石头去掉": STATED.replace("rock:red", "without=rock"),
    "add a waterfall in the background": STATED + " waterfall:background",
    "加一座瀑布": STATED + " waterfall",
    "add three palms on the right": STATED + " palm:3:right",
    "在右边加三棵棕榈树": STATED + " palm:3:right",
    "make the lake blue": STATED + " lake:blue",
    "让湖变成蓝色": STATED + " lake:blue",
    "make the rock huge": STATED.replace("rock:red", "rock:red:large"),
    "move the pines to the right": STATED.replace("left", "right"),
    "把松树移到右边": STATED.replace("left", "right"),
    "replace the pines with palms": STATED.replace("pine", "palm"),
    "把松树换成竹子": STATED.replace("pine", "bamboo"),
    "turn it into a desert": STATED.replace("kind=lake", "kind=desert"),
    "change the lake into a river": STATED.replace("kind=lake", "kind=river"),
    "改成沙漠": STATED.replace("kind=lake", "kind=desert"),
    "now with mountains in the background": STATED + " mountain:background",
    "add a dog": STATED + " refused=dog",
    "add a rock by the lake": STATED + " rock",
}


@pytest.fixture(scope="module")
def scene() -> Understood:
    understood = understand(SCENE)
    assert items(understood) == expected(STATED)
    return understood


@pytest.mark.parametrize("sentence", EDITS)
def test_an_edit_changes_what_it_states(scene: Understood, sentence: str) -> None:
    assert items(edit(scene, sentence)) == expected(EDITS[sentence])


def test_an_edit_keeps_camera_and_seed(scene: Understood) -> None:
    spec = replace(scene.spec, camera=Camera(height=40.0), seed=7)
    after = edit(spec, "now in winter").spec
    assert after == replace(spec, season="winter")


def test_a_spec_is_edited_as_well_and_has_no_style() -> None:
    after = edit(SceneSpec(kind="lake"), "at night")
    assert after.spec == SceneSpec(kind="lake", time="night")
    assert after.style is None


def test_what_was_banned_may_be_added_again() -> None:
    bare = edit(SceneSpec(kind="hills"), "no trees")
    assert bare.spec.without == ("tree",)
    after = edit(bare, "add a tree")
    assert after.spec.without == ()
    assert [element.what for element in after.spec.elements] == ["tree"]


def test_removing_what_the_scene_is_of_leaves_its_kind_open() -> None:
    assert edit(SceneSpec(kind="lake"), "remove the lake").spec == SceneSpec(without=("lake",))


def test_an_edit_that_says_nothing_is_refused_in_one_line(scene: Understood) -> None:
    with pytest.raises(SettingError, match="nothing in the sentence") as error:
        edit(scene, "fnord blorb")
    assert "\n" not in str(error.value)
