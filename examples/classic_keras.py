"""The classic GAN as a Keras 3 program, on TensorFlow, JAX or PyTorch.

    KERAS_BACKEND=tensorflow python examples/classic_keras.py [--out digits-keras] [--epochs 50] [--seed 0]

Needs the extra [keras], one of the three underneath, and scikit-learn for its digits; nothing of pleinair. It is the
recipe `classic` in other words: the same networks, losses, optimizers and order. From equal weights and noise one
step's losses are equal to 1e-4: see tests/examples/test_classic_keras.py. Prints the mean losses of each epoch and
writes a sheet of 100 samples, `sheet.png`, into --out.

RECEIPT, under TensorFlow
    KERAS_BACKEND=tensorflow python examples/classic_keras.py --out digits-keras
    2026-11-22 · Keras 3.15.1 on TensorFlow 2.21.0 · one thread of a busy x86-64 CPU, 147 seconds of CPU · 50 epochs;
    mean losses of the last: generator 1.372, discriminator 0.793
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers
from PIL import Image
from sklearn.datasets import load_digits

Array = npt.NDArray[np.float32]

NOISE, SIDE, BATCH, RATE, SLOPE = 100, 28, 32, 1e-4, 0.2

# n pictures of 28×28, channels last: (n, 28, 28, 1) in [-1, 1]; noise (n, 100); logits (n, 1)


def players(width: int = 32, seed: int = 0) -> tuple[Any, Any]:
    """Generator and discriminator. Kernels begin uniform in ±1/√inputs, as PyTorch's do."""
    chance = keras.random.SeedGenerator(seed)

    def begin() -> Any:
        return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform", seed=chance)

    def leaky() -> Any:
        return layers.LeakyReLU(negative_slope=SLOPE)

    generator = keras.Sequential(
        [
            keras.Input((NOISE,)),
            layers.Dense(7 * 7 * 2 * width, kernel_initializer=begin()),
            leaky(),
            layers.Reshape((7, 7, 2 * width)),
            layers.Conv2DTranspose(width, 4, strides=2, padding="same", kernel_initializer=begin()),
            leaky(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh", kernel_initializer=begin()),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Conv2D(width, 4, strides=2, padding="same", kernel_initializer=begin()),
            leaky(),
            layers.Conv2D(2 * width, 4, strides=2, padding="same", kernel_initializer=begin()),
            leaky(),
            layers.Flatten(),
            layers.Dense(1, kernel_initializer=begin()),
        ]
    )
    return generator, discriminator


class Game:
    """Both players with their optimizers and the two models by which they learn."""

    def __init__(self, generator: Any, discriminator: Any) -> None:
        self.generator, self.discriminator = generator, discriminator
        noise, real, fake = (keras.Input(shape) for shape in ((NOISE,), (SIDE, SIDE, 1), (SIDE, SIDE, 1)))
        self.fooling = keras.Model(noise, discriminator(generator(noise)))  # z → D(G(z))
        self.telling = keras.Model([real, fake], [discriminator(real), discriminator(fake)])  # x, G(z) → D of both

        def verdict() -> Any:
            return keras.losses.BinaryCrossentropy(from_logits=True)  # -y log D - (1 - y) log(1 - D)

        self.fooling.compile(_adam(), verdict())
        self.telling.compile(_adam(), [verdict(), verdict()])

    def step(self, real: Array, noise: Array) -> tuple[float, float]:
        """One step of either player, on the same fakes: the losses of generator and discriminator before it."""
        ones, zeros = np.ones((len(real), 1), np.float32), np.zeros((len(real), 1), np.float32)
        fake = self.generator.predict_on_batch(noise)

        self.discriminator.trainable = False  # the generator's turn: -log D(G(z)), its fakes labeled as real
        self.fooling.reset_metrics()  # which else are means over all steps
        of_generator = self.fooling.train_on_batch(noise, ones, return_dict=True)["loss"]

        self.discriminator.trainable = True  # the discriminator's: -log D(x) - log(1 - D(G(z)))
        self.telling.reset_metrics()
        of_discriminator = self.telling.train_on_batch([real, fake], [ones, zeros], return_dict=True)["loss"]
        return float(of_generator), float(of_discriminator)


def _adam() -> Any:
    return keras.optimizers.Adam(RATE, beta_1=0.9, beta_2=0.999, epsilon=1e-8)


def digits() -> Array:
    """scikit-learn's 1,797 digits enlarged from 8×8 to (n, 28, 28, 1) in [-1, 1]."""
    small = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)
    large = [Image.fromarray(one).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for one in small]
    return np.stack([np.asarray(one, np.float32) for one in large])[..., None] / 127.5 - 1


def write_sheet(path: Path, pictures: Array) -> None:
    """100 pictures, ten by ten."""
    levels = np.rint((pictures.reshape(10, 10, SIDE, SIDE) + 1) * 127.5).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(levels.transpose(0, 2, 1, 3).reshape(10 * SIDE, 10 * SIDE)).save(path)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("digits-keras"))
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)

    game = Game(*players(seed=given.seed))
    pictures, chance = digits(), np.random.RandomState(given.seed)
    print(f"Keras {keras.__version__} on {keras.backend.backend()}, {len(pictures)} pictures", flush=True)
    for epoch in range(given.epochs):
        order = chance.permutation(len(pictures))
        losses = []
        for begin in range(0, len(order) - BATCH + 1, BATCH):
            noise = chance.standard_normal((BATCH, NOISE)).astype(np.float32)
            losses.append(game.step(pictures[order[begin : begin + BATCH]], noise))
        of_generator, of_discriminator = np.mean(losses, 0)
        print(f"epoch {epoch + 1}: generator {of_generator:.3f}  discriminator {of_discriminator:.3f}", flush=True)
    samples = np.random.RandomState(0).standard_normal((100, NOISE)).astype(np.float32)
    write_sheet(given.out / "sheet.png", game.generator.predict_on_batch(samples))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
