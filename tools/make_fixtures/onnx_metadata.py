"""Builds small ONNX networks whose classes depend on metadata or on options, and records the masks that are right.

  python onnx_metadata.py FOLDER      with the packages of requirements-onnx.txt; FOLDER is Fixtures/cases

A case is NAME.onnx with NAME.expected.tif, the classes of KIND/scene.tif: what ONNX Runtime computes of its
samples / 255, decided by a few lines of NumPy. NAME.arguments has the options that the case is for, one a line.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from PIL import Image

from onnx_models import Builder

THRESHOLD = "onnx_metadata_threshold"
SIGMOIDS = "sigmoid_heads_without_background"
OUTPUTS = "several_outputs"
NAMES = "onnx_metadata_names"


def largest(scores, least=-np.inf, first=0):
    """As Deepness and GeoDeep do with `first` 0: what is below `least` counts as nothing."""
    return np.where(scores.max(1) < least, 0, scores.argmax(1) + first)


def above(scores, threshold):
    return np.where(scores[:, 0] > threshold, 1, 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def softmax(x):
    powers = np.exp(x.astype(np.float64) - x.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def head(b, classes, function=None, size=3, scale=1.5):
    """Scores of a random convolution, centred so that all classes have a chance."""
    kernel = b.weights(classes, 3, size, size, scale=scale)
    bias = b.tensor((-b.random.random(classes) * 0.5).astype(np.float32))
    scores = b.add("Conv", "image", kernel, bias, pads=[size // 2] * 4)
    return b.add(function, scores, **({"axis": 1} if "oftmax" in function else {})) if function else scores


def case(folder, kind, name, seed, build, decide, metadata=(), arguments=(), used=0, threshold=None, of=None):
    """A case of the first seed from `seed` on that makes a mask of several classes, in which no last bit decides: the
    scores, or what the function `of` makes of them, are not too near to `threshold`."""
    while True:
        model, mask, near = attempt(folder, kind, Builder(seed), build, decide, used, threshold, of or (lambda x: x))
        counts = np.bincount(mask.ravel())
        if np.sort(counts)[-2:].min() >= 25 and not near and (threshold is None or counts[0] >= 15):
            break
        seed += 1
    for key, value in dict(metadata).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    place = pathlib.Path(folder) / kind
    (place / f"{name}.onnx").write_bytes(model.SerializeToString())
    Image.fromarray(mask).save(place / f"{name}.expected.tif")
    if arguments:
        (place / f"{name}.arguments").write_text("\n".join(arguments) + "\n")
    print(kind, name, seed, dict(enumerate(counts.tolist())))


def attempt(folder, kind, b, build, decide, used, threshold, of):
    outputs = build(b)
    model = b.model(outputs, [1, 3, "H", "W"], 17)
    for output in model.graph.output:
        output.type.CopyFrom(helper.make_tensor_type_proto(TensorProto.FLOAT, [1, None, "H", "W"]))
    image = np.asarray(Image.open(pathlib.Path(folder) / kind / "scene.tif").convert("RGB"), np.float32) / 255
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    scores = session.run([outputs[used]], {"image": image.transpose(2, 0, 1)[None]})[0]
    near = threshold is not None and np.abs(of(scores) - threshold).min() < 1e-5
    return model, decide(scores)[0].astype(np.uint8), near


def thresholds(folder):
    case(folder, THRESHOLD, "text_without_names", 501, lambda b: [head(b, 3, "Softmax")], lambda s: largest(s, 0.55),
         {"model_type": "Segmentor", "seg_thresh": '"0.55"'}, threshold=0.55)
    case(folder, THRESHOLD, "one_logit", 502, lambda b: [head(b, 1)], lambda s: above(sigmoid(s), 0.7),
         {"class_names": "{1: 'tree'}", "seg_thresh": "0.7"}, threshold=0.7, of=sigmoid)
    case(folder, THRESHOLD, "sigmoids_with_names", 503, lambda b: [head(b, 3, "Sigmoid")], lambda s: largest(s, 0.6, 1),
         {"class_names": "{1: 'tree', 2: 'water', 3: 'road',}", "seg_thresh": "0.6"}, threshold=0.6)
    case(folder, THRESHOLD, "sigmoids_without_names", 504, lambda b: [head(b, 4, "Sigmoid")],
         lambda s: largest(s, 0.8, 1),
         {"seg_thresh": "0.8"}, threshold=0.8)
    case(folder, THRESHOLD, "sigmoids_with_background", 505, lambda b: [head(b, 4, "Sigmoid")],
         lambda s: largest(s, 0.7),
         {"names": json.dumps(["_background", "tree", "water", "road"]), "seg_thresh": "0.7"}, threshold=0.7)
    case(folder, THRESHOLD, "logits", 601, lambda b: [head(b, 4)], lambda s: largest(softmax(s), 0.5),
         {"class_names": json.dumps({3: "road", 0: "bg", 2: "water", 1: "tree"}), "seg_thresh": "0.5"},
         threshold=0.5, of=softmax)
    case(folder, THRESHOLD, "unreadable", 507, lambda b: [head(b, 3, "Softmax")], largest, {"seg_thresh": "high"})
    case(folder, THRESHOLD, "option_first", 508, lambda b: [head(b, 4, "Softmax")], lambda s: largest(s, 0.75),
         {"class_names": "{0: 'background', 1: 'tree', 2: 'water', 3: 'road'}", "seg_thresh": "0.5"},
         ["--threshold", "0.75"], threshold=0.75)


def sigmoids(folder):
    case(folder, SIGMOIDS, "names", 521, lambda b: [head(b, 3, "Sigmoid")], lambda s: largest(s, 0.5, 1),
         {"class_names": json.dumps(["tree", "water", "road"])}, threshold=0.5)
    case(folder, SIGMOIDS, "heads_of_one", 522,
         lambda b: [b.add("Concat", *[head(b, 1, "Sigmoid") for _ in range(3)], axis=1)], lambda s: largest(s, 0.6, 1),
         {"class_names": json.dumps({"0": "background", "1": "tree", "2": "water", "3": "road"})},
         ["--threshold", "0.6"], threshold=0.6)
    case(folder, SIGMOIDS, "logits", 523, lambda b: [head(b, 5)], lambda s: largest(sigmoid(s), 0.5, 1),
         arguments=["--background", "none"], threshold=0.5, of=sigmoid)
    case(folder, SIGMOIDS, "threshold", 524, lambda b: [head(b, 5, "Sigmoid")], lambda s: largest(s, 0.8, 1),
         arguments=["--threshold", "0.8"], threshold=0.8)
    case(folder, SIGMOIDS, "many", 525, lambda b: [head(b, 40, "Sigmoid", size=1, scale=2.5)],
         lambda s: largest(s, 0.9, 1),
         arguments=["--background", "none", "--threshold", "0.9"], threshold=0.9)
    case(folder, SIGMOIDS, "background_first", 526, lambda b: [head(b, 5, "Sigmoid")], lambda s: largest(s, 0.8),
         arguments=["--background", "0", "--threshold", "0.8"], threshold=0.8)
    case(folder, SIGMOIDS, "softmax_names", 527, lambda b: [head(b, 3, "Softmax")], largest,
         {"class_names": json.dumps(["tree", "water", "road"])})
    case(folder, SIGMOIDS, "log_softmax", 528, lambda b: [head(b, 4, "LogSoftmax")],
         lambda s: largest(np.exp(s.astype(np.float64)), 0.6, 1),
         arguments=["--background", "none", "--threshold", "0.6"],
         threshold=0.6, of=lambda s: np.exp(s.astype(np.float64)))


def outputs(folder):
    names = json.dumps([{"0": "bg", "1": "tree"}, {"0": "bg", "1": "water", "2": "road"}, {"0": "bg", "1": "field"}])
    for used in range(3):
        case(folder, OUTPUTS, f"onnx_{used}", 541, lambda b: [head(b, classes, "Softmax") for classes in (2, 3, 2)],
             largest, {"class_names": names}, ["--output-name", f"softmax{2 * used + 2}"] if used else (), used)


def names(folder):
    """What names are given in; the mask of each is the same as without."""
    forms = {
        "numbers_as_texts": '{"2": "water", "0": "bg", "1": "tree"}',
        "python": "{0: 'bg', 1: \"tree's\", 2: 'water',}",
        "from_one": "{1: 'bg', 2: 'tree', 3: 'water'}",
        "gap": "{0: 'bg', 2: 'water'}",
        "tuple": "('bg', 'tree', 'water',)",
        "list_of_lists": '[["bg", "tree", "water"]]',
        "by_name": '{"bg": 0, "tree": 1, "water": 2}',
        "entries": '[{"id": 0, "name": "bg"}, {"id": 2, "name": "water", "color": "#1e6fd9"}, '
                   '{"id": 1, "name": "tree"}]',
    }
    for name, text in forms.items():
        case(folder, NAMES, name, 561, lambda b: [head(b, 3, "Softmax")], largest, {"class_names": text})


if __name__ == "__main__":
    for make in (thresholds, sigmoids, outputs, names):
        make(sys.argv[1])
