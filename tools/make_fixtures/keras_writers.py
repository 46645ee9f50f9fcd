"""Writes Fixtures/writers: small models as every Keras since 2.9 writes them, with what that Keras computes; and
Fixtures/containers, files of theirs that are not imported.

  python tools/make_fixtures/keras_writers.py ENVIRONMENTS [WRITER ...]

Each writer works in an environment of its own, made under ENVIRONMENTS when it is not there: of TensorFlow, or one of JAX
for all versions of Keras 3, which are installed beside it. Pythons 3.10 and 3.11 must be on the path, or under
~/.pyenv/versions. The models are those of keras_writer_models.py. Two runs differ in the addresses that Keras writes
into configurations, and in nothing else.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "writers"
JAX = ["jax==0.10.2", "jaxlib==0.10.2", "h5py==3.16.0", "numpy==2.4.6", "ml_dtypes==0.6.0", "scipy==1.17.1", "optree==0.20.0",
       "dm-tree==0.1.9", "absl-py==2.5.1", "rich==15.0.0", "namex==0.1.0", "packaging==26.4"]
TENSORFLOW = {
    "keras2.9": ("3.10", ["tensorflow-cpu==2.9.3", "keras==2.9.0", "numpy==1.23.5", "protobuf==3.19.6", "h5py==3.16.0"]),
    "keras2.11": ("3.10", ["tensorflow-cpu==2.11.1", "keras==2.11.0", "numpy==1.23.5", "h5py==3.16.0", "transformers==4.30.2",
                           "safetensors==0.4.5"]),
    "keras2.12": ("3.11", ["tensorflow-cpu==2.12.1", "keras==2.12.0", "numpy==1.24.3", "h5py==3.16.0"]),
    "keras2.13": ("3.11", ["tensorflow-cpu==2.13.1", "keras==2.13.1", "numpy==1.24.3", "h5py==3.16.0"]),
    "keras2.14": ("3.11", ["tensorflow-cpu==2.14.1", "keras==2.14.0", "numpy==1.26.4", "h5py==3.16.0"]),
    "keras2.15": ("3.11", ["tensorflow-cpu==2.15.1", "keras==2.15.0", "numpy==1.26.4", "h5py==3.16.0"]),
    "tf_keras2.16": ("3.11", ["tensorflow-cpu==2.16.2", "tf-keras==2.16.0", "numpy==1.26.4", "h5py==3.16.0"]),
    "tf_keras2.19": ("3.11", ["tensorflow-cpu==2.19.1", "tf-keras==2.19.0", "numpy==2.1.3", "h5py==3.16.0"]),
}
KERAS3 = ["3.0.0", "3.0.5", "3.3.3", "3.5.0", "3.6.0", "3.9.0", "3.10.0", "3.13.0", "3.15.1"]
WRITERS = list(TENSORFLOW) + [f"keras{version}" for version in KERAS3]


def python(version):
    """A Python of this minor version."""
    known = sorted((pathlib.Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python3"))
    return str(known[-1]) if known else shutil.which(f"python{version}") or sys.exit(f"there is no Python {version}")


def environment(folder, version, packages):
    if not (folder / "made").exists():
        subprocess.run([python(version), "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "-q", *packages], check=True)
        (folder / "made").touch()
    return str(folder / "bin/python")


def run(writer, environments):
    """True when all cases of a writer were written."""
    variables = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="jax")
    if writer in TENSORFLOW:
        interpreter = environment(environments / writer, *TENSORFLOW[writer])
    else:
        interpreter = environment(environments / "jax", "3.11", JAX)
        version, beside = writer.removeprefix("keras"), environments / writer
        if not (beside / "keras").exists():
            subprocess.run([interpreter, "-m", "pip", "install", "-q", "--no-deps", "--target", beside, f"keras=={version}"], check=True)
        variables["PYTHONPATH"] = str(beside)
    script = pathlib.Path(__file__).with_name("keras_writer_cases.py")
    return subprocess.run([interpreter, script, writer, ROOT], env=variables).returncode == 0


def main():
    environments = pathlib.Path(sys.argv[1]).resolve()
    writers = sys.argv[2:] or WRITERS
    for writer in writers:
        for old in ROOT.glob(writer + "_*"):
            shutil.rmtree(old)
    failed = [writer for writer in writers if not run(writer, environments)]
    size = sum(file.stat().st_size for file in ROOT.rglob("*") if file.is_file())
    print(json.dumps({"cases": len(list(ROOT.glob("*/case.json"))), "kilobytes": size >> 10, "failed": failed}))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
