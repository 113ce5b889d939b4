"""The log losses of the first GAN (Goodfellow et al. 2014). Logits are (n,), one per picture; every loss returns (n,).

With D(x) = σ(logit), -log D = softplus(-logit) and -log(1 - D) = softplus(logit), which never take the log of zero.
"""

from torch import Tensor
from torch.nn import functional as F


def log_generator(fake: Tensor) -> Tensor:
    """-log D(G(z)), the non-saturating loss (Goodfellow et al. 2014, end of section 3): unlike log(1 - D(G(z))) it is
    steepest where the discriminator is surest of the fake."""
    return F.softplus(-fake)


def cross_entropy(real: Tensor, fake: Tensor) -> Tensor:
    """-log D(x) - log(1 - D(G(z))): cross-entropy of the verdicts on a real picture and a fake (equation 1,
    negated). 2 log 2 = 1.386 for a discriminator that can only guess."""
    return F.softplus(-real) + F.softplus(fake)
