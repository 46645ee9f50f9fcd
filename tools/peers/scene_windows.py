"""Windows over a scene with 50 % overlap, blended by Hann weights: python scene_windows.py SCENE ONNX MASK THREADS"""

import sys

import numpy as np
import onnxruntime
import rasterio


def starts(length, window):
    """Where windows begin: every half window, the last one at the end."""
    return sorted({*range(0, length - window, window // 2), length - window})


def main():
    scene, model, mask, threads = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = int(threads), 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    window, classes = session.get_inputs()[0].shape[2], session.get_outputs()[0].shape[1]
    half = np.hanning(window + 2)[1:-1].astype("f4")
    weight = half[:, None] * half[None, :]
    with rasterio.open(scene) as source:
        image, profile = source.read(), source.profile
    height, width = image.shape[1:]
    if min(height, width) < window:
        sys.exit(f"error: {scene}: smaller than a window of {window}")
    scores = np.zeros((classes, height, width), "f4")
    # Dividing by the sum of the weights would not change which class is the largest.
    for y in starts(height, window):
        for x in starts(width, window):
            part = image[None, :, y:y + window, x:x + window].astype("f4") / np.float32(255)
            scores[:, y:y + window, x:x + window] += session.run(None, {"image": part})[0][0] * weight
    profile.update(count=1, photometric="MINISBLACK")
    with rasterio.open(mask, "w", **profile) as target:
        target.write(scores.argmax(0).astype("u1"), 1)


if __name__ == "__main__":
    main()
