"""LiveEngine: a torch translator dressed as an Engine, so that previews and metrics run the users' code path."""

import numpy as np
import numpy.typing as npt
import torch

from pleinair.networks.translator import Translator
from pleinair.spec import ModelSpec


class LiveEngine:
    """Paints with a network in training, in one style. Changes neither its mode nor any random state."""

    def __init__(self, translator: Translator, spec: ModelSpec, style: str) -> None:
        self.spec = spec
        self.translator = translator
        mix = torch.zeros(1, len(spec.styles))
        mix[0, spec.styles.index(style)] = 1
        self.mix = mix.to(next(translator.parameters()).device)

    def paint(self, pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n, 3, h + 2·halo, w + 2·halo) → (n, 3, h, w), in fp32."""
        with torch.no_grad():
            painted = self.translator(torch.from_numpy(pictures).to(self.mix.device), self.mix)
        result: npt.NDArray[np.float32] = painted.float().cpu().numpy()
        return result
