"""Per-class IoU of a model over whole scenes, read without seams (the U-Net is local: a wide halo is cropped)."""
import numpy as np

CORE, HALO = 512, 112       # 112 pixels: the reach of the depth-4 U-Net with 3x3 transposed convolutions


def predict_scene(model, picture):
    """Class of every pixel of a uint8 picture whose sides are multiples of 16."""
    h, w, _ = picture.shape
    out = np.empty((h, w), "u1")
    for top in range(0, h, CORE):
        for left in range(0, w, CORE):
            a, b = max(0, top - HALO), max(0, left - HALO)
            c, d = min(h, top + CORE + HALO), min(w, left + CORE + HALO)
            probabilities = np.asarray(model(picture[None, a:c, b:d].astype("f4") / 255, training=False))[0]
            core = probabilities[top - a:top - a + CORE, left - b:left - b + CORE].argmax(-1)
            out[top:top + CORE, left:left + CORE] = core[:h - top, :w - left]
    return out


def confusion(truth, predicted, classes=5):
    """Counts [truth, predicted]."""
    return np.bincount(truth.ravel().astype(int) * classes + predicted.ravel(), minlength=classes ** 2) \
        .reshape(classes, classes)


def scores(matrix):
    """IoU per class, their mean, and the share of pixels that are right."""
    hit = np.diag(matrix).astype(float)
    iou = hit / np.maximum(matrix.sum(0) + matrix.sum(1) - hit, 1)
    return {"iou": [round(float(v), 4) for v in iou], "mean_iou": round(float(iou.mean()), 4),
            "accuracy": round(float(hit.sum() / matrix.sum()), 4)}
