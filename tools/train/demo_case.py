"""Records what Keras gives for one crop of the bundled scene: the verification case of the bundled model.

  python demo_case.py ../../Fixtures/demo
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import rasterio
from rasterio.windows import Window

CROP = Window(1824, 640, 128, 128)      # woodland, roofs, a road and open ground


def main():
    demo = sys.argv[1]
    with rasterio.open(os.path.join(demo, "scene.tif")) as f:
        image = f.read(window=CROP).transpose(1, 2, 0)[None].astype("f4") / 255
    model = keras.models.load_model(os.path.join(demo, "model.keras"), compile=False)
    output = np.asarray(model(image, training=False))
    data = os.path.join(demo, "unet", "test_data_set_0")
    os.makedirs(data, exist_ok=True)
    np.save(os.path.join(data, "input_0.npy"), image)
    np.save(os.path.join(data, "output_0.npy"), output)
    case = {"by": f"keras {keras.__version__} {keras.backend.backend()}", "model": "../model.keras",
            "note": "bundled model on a crop of the bundled scene, values / 255", "input_names": [model.layers[0].name]}
    with open(os.path.join(demo, "unet", "case.json"), "w") as f:
        json.dump(case, f, indent=1)
        f.write("\n")
    print("classes", np.bincount(output.argmax(-1).ravel(), minlength=5).tolist())


if __name__ == "__main__":
    main()
