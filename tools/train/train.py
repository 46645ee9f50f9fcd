"""Trains the bundled U-Net on synthetic scenes and reports its IoU per class.

  nice -n 15 python train.py --minutes 25 --scenes 60 --demo ../../Fixtures/demo

Never sees the bundled scene or the held-out scenes. Writes model.keras (float32, no optimizer) and model.json.
"""
import argparse
import json
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import dataset
from evaluate import confusion, predict_scene, scores
from scene import CLASSES, COLOURS
from unet import unet


def fit(model, data, minutes, batch_size, peak_rate, seed):
    """Adam with a one-cycle rate that follows the clock; returns the number of steps done."""
    rng = np.random.default_rng(seed)
    weights = np.array([1.0, 1.0, 1.0, 1.6, 2.0], "f4")
    model.compile(optimizer=keras.optimizers.Adam(peak_rate), loss="sparse_categorical_crossentropy")
    started, step, running = time.monotonic(), 0, None
    while (done := (time.monotonic() - started) / (minutes * 60)) < 1:
        warm = min(1.0, (step + 1) / 60)
        model.optimizer.learning_rate.assign(peak_rate * warm * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * done))))
        x, y = dataset.batch(rng, *data, batch_size)
        loss = float(model.train_on_batch(x, y, sample_weight=weights[y]))
        running = loss if running is None else 0.97 * running + 0.03 * loss
        step += 1
        if step % 100 == 0:
            print(f"{done:5.1%} step {step} loss {running:.4f}", flush=True)
        if step % 500 == 0:
            model.save_weights("/tmp/seginfer_train.weights.h5")
    return step


def held_out(model, count):
    matrix = np.zeros((len(CLASSES),) * 2, int)
    for picture, truth in zip(*dataset.scenes(count, dataset.HELD_OUT_SEEDS)):
        matrix += confusion(truth, predict_scene(model, picture))
    return matrix


def bundled(model, demo):
    import rasterio
    with rasterio.open(os.path.join(demo, "scene.tif")) as f:
        picture = f.read().transpose(1, 2, 0)
    with rasterio.open(os.path.join(demo, "truth.tif")) as f:
        truth = f.read(1)
    return confusion(truth, predict_scene(model, picture))


def describe(results, training):
    """The sidecar that `segment` reads: classes, colours, resolution, and how good the model is."""
    return {
        "name": "seginfer demo U-Net, base 16",
        "class_names": list(CLASSES),
        "class_colors": ["#%02x%02x%02x" % c for c in COLOURS],
        "resolution": 0.25,
        "tile_size": dataset.PATCH,
        "scale": 1 / 255,
        "trained_on": "synthetic scenes of tools/train/scene.py only; no photograph was ever shown to it",
        "training": training,
        "evaluation": results,
    }


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--demo", required=True, help="folder with scene.tif and truth.tif; the model goes there")
    p.add_argument("--minutes", type=float, default=25)
    p.add_argument("--scenes", type=int, default=60)
    p.add_argument("--held-out", type=int, default=8)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--start", help="a .keras file whose weights to start from")
    a = p.parse_args()
    keras.utils.set_random_seed(a.seed)
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")    # twice as fast where the CPU has AVX512-BF16
    model = unet()
    keras.mixed_precision.set_dtype_policy("float32")
    if a.start:
        model.set_weights(keras.models.load_model(a.start, compile=False).get_weights())
    began = time.monotonic()
    data = dataset.scenes(a.scenes, dataset.TRAINING_SEEDS)
    print(f"{a.scenes} scenes in {time.monotonic() - began:.0f} s, {model.count_params()} parameters", flush=True)
    steps = fit(model, data, a.minutes, a.batch, a.rate, a.seed)

    clean = unet()      # a model that was never compiled saves no optimizer
    clean.set_weights(model.get_weights())
    clean.save(os.path.join(a.demo, "model.keras"))
    results = {"class_order": list(CLASSES), "held_out_scenes": scores(held_out(clean, a.held_out)),
               "bundled_scene": scores(bundled(clean, a.demo))}
    training = {"scenes": a.scenes, "scene_pixels": 1024, "patch": dataset.PATCH, "steps": steps, "batch": a.batch,
                "continued": bool(a.start)}
    with open(os.path.join(a.demo, "model.json"), "w") as f:
        json.dump(describe(results, training), f, indent=2)
        f.write("\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
