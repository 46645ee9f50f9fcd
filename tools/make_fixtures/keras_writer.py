"""The Keras that keras_writer_cases.py runs in, by the name of the writer that it was started with."""

import datetime
import importlib
import sys
import time
import types
import zipfile

WRITER = sys.argv[1]
IS_KERAS3 = WRITER.startswith("keras3")
if IS_KERAS3:
    import keras
    PACKAGE, BY = "keras.src", f"Keras {keras.__version__}"
else:
    import tensorflow as tf
    if WRITER.startswith("tf_keras"):
        import tf_keras as keras
        PACKAGE = "tf_keras.src"
    else:
        keras = tf.keras
        PACKAGE = "keras" if WRITER in ("keras2.9", "keras2.11", "keras2.12") else "keras.src"
    BY = f"{'tf-keras' if PACKAGE == 'tf_keras.src' else 'Keras'} {importlib.import_module(PACKAGE.split('.')[0]).__version__}, TensorFlow {tf.__version__}"
HDF5_ONLY = WRITER in ("keras2.9", "keras2.11")
saving_lib = None if HDF5_ONLY else importlib.import_module(PACKAGE + ".saving.saving_lib")


def stop_clocks():
    """Dates in archives would make every run another file."""
    moment = datetime.datetime(2026, 1, 1)

    class Frozen(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    if saving_lib:
        saving_lib.datetime = types.SimpleNamespace(datetime=Frozen)
    zipfile.time = types.SimpleNamespace(time=lambda: 0, localtime=lambda _=0: moment.timetuple(), strftime=time.strftime)
