"""Writes Fixtures/keras_layers: models that together have every layer and every rule of the importer's tables, with the outputs
that Keras computes for them. Keras 2's own rules are in keras2_layers.py.

Run from the root of the package:  python tools/make_fixtures/keras_layers.py
"""

import shutil

# First, since it chooses the backend.
from keras_layers_saving import CASES, ROOT
import keras_layers_images  # noqa: F401
import keras_layers_numbers  # noqa: F401
import keras_layers_sequences  # noqa: F401
import keras


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name, sum(f.stat().st_size for f in (ROOT / name).rglob("*") if f.is_file()) // 1024, "KiB", flush=True)


if __name__ == "__main__":
    main()
