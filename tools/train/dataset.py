"""Patches of freshly generated training scenes, and their augmentation."""
import io
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image

from scene import make_scene

PATCH = 128
TRAINING_SEEDS = 1_000      # seeds of the training scenes start here, those of the held-out scenes below
HELD_OUT_SEEDS = 900_000


def through_jpeg(picture, quality):
    """The picture after JPEG compression, as the readers of the scene will see it."""
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=quality)
    return np.asarray(Image.open(data).convert("RGB"))


def compressed_scene(seed, size=1024):
    picture, classes = make_scene(size, seed)
    return through_jpeg(picture, int(np.random.default_rng(seed).integers(75, 93))), classes


def scenes(count, first, workers=2):
    """Pictures [count, n, n, 3] and truths [count, n, n] of the scenes with seeds first, first + 1, ..."""
    with ProcessPoolExecutor(workers) as pool:
        pairs = list(pool.map(compressed_scene, range(first, first + count)))
    return np.stack([p for p, _ in pairs]), np.stack([c for _, c in pairs])


def batch(rng, pictures, classes, count):
    """`count` random patches, values 0..1 [count, PATCH, PATCH, 3], and classes; every third has roads or buildings."""
    x = np.empty((count, PATCH, PATCH, 3), "f4")
    y = np.empty((count, PATCH, PATCH), "u1")
    for k in range(count):
        for _ in range(20):
            s = rng.integers(len(pictures))
            i, j = rng.integers(0, pictures.shape[1] - PATCH, 2)
            truth = classes[s, i:i + PATCH, j:j + PATCH]
            if k % 3 or (truth == (4 if k % 2 else 3)).mean() > 0.03:
                break
        picture = pictures[s, i:i + PATCH, j:j + PATCH].astype("f4") / 255
        turns, mirror = rng.integers(4), rng.random() < 0.5
        picture, truth = np.rot90(picture, turns), np.rot90(truth, turns)
        if mirror:
            picture, truth = picture[:, ::-1], truth[:, ::-1]
        gain = rng.normal(1, 0.10) * rng.normal(1, 0.03, 3)
        x[k] = np.clip(picture ** rng.uniform(0.85, 1.18) * gain + rng.normal(0, 0.015), 0, 1)
        y[k] = truth
    return x, y
