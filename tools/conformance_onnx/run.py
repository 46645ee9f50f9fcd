"""Runs ONNX's backend tests through `seginfer verify` and prints a table by operator.

usage: run.py SEGINFER DATA [--suite node] [--list] [--only TEXT]

DATA is onnx/backend/test/data of the onnx package. A case passes when every output agrees (rtol 1e-3, as in ONNX's own runner), is
unsupported when seginfer refuses it (exit code 3), and fails otherwise. The exit code is 1 when a case fails that is not known to.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import subprocess

import onnx

# Operators that a reader of segmentation networks must know.
EXPECTED = set(
    """Conv ConvTranspose Gemm MatMul BatchNormalization InstanceNormalization LayerNormalization GroupNormalization MaxPool
    AveragePool GlobalAveragePool GlobalMaxPool Resize Upsample DepthToSpace SpaceToDepth Relu LeakyRelu PRelu Elu Selu Celu Sigmoid
    HardSigmoid HardSwish Mish Gelu Softplus Softsign Tanh Erf Exp Log Sqrt Pow Neg Abs Reciprocal Clip Add Sub Mul Div Min Max Where
    Equal Less LessOrEqual Greater GreaterOrEqual Cast Not And Or Reshape Transpose Concat Split Slice Squeeze Unsqueeze Flatten Expand
    Tile Pad Gather Shape Size ConstantOfShape Range Constant Identity Dropout ReduceMean ReduceMax ReduceSum ReduceMin ReduceL2 Softmax
    LogSoftmax ArgMax Einsum QuantizeLinear DequantizeLinear""".split()
)

# Cases that do not pass without being wrong, and why.
STORED = "the recorded tensors of bfloat16 are stored as uint16"
BEYOND = "the recorded mean counts what ceil_mode adds as padding, which neither PyTorch nor ONNX Runtime does"
KNOWN = {
    **{
        "test_" + name: STORED
        for name in """cast_BFLOAT16_to_FLOAT cast_FLOAT_to_BFLOAT16 castlike_BFLOAT16_to_FLOAT castlike_BFLOAT16_to_FLOAT_expanded
        castlike_FLOAT_to_BFLOAT16 castlike_FLOAT_to_BFLOAT16_expanded""".split()
    },
    "test_reshape_allowzero_reordered": "a tensor without elements is refused as malformed where its new shape is computed",
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True": BEYOND,
}


def operator(path):
    model = onnx.load(path / "model.onnx", load_external_data=False)
    nodes = [n.op_type for n in model.graph.node]
    name = path.name
    if name.endswith("_expanded") or "_expanded_" in name:
        return "(expanded)"
    wanted = [n for n in nodes if n.lower() in name.replace("_", "")]
    return wanted[0] if wanted else nodes[0] if nodes else "(none)"


def run(seginfer, path):
    result = subprocess.run(
        [seginfer, "verify", str(path), "--rtol", "1e-3", "--atol", "1e-6", "--threads", "1"],
        capture_output=True, text=True, timeout=300, check=False,
    )
    status = {0: "passed", 3: "unsupported"}.get(result.returncode, "failed")
    lines = [line for line in (result.stdout + result.stderr).splitlines() if not line.startswith("ok ")]
    return status, f"exit {result.returncode}: " + " ".join(lines)[:260]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seginfer")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--suite", action="append")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true", help="name every case that does not pass")
    options = parser.parse_args()
    suites = options.suite or ["node", "pytorch-converted", "pytorch-operator", "simple"]
    cases = [p for s in suites for p in sorted((options.data / s).iterdir()) if (p / "model.onnx").exists() and options.only in p.name]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda p: run(options.seginfer, p), cases))
    table = collections.defaultdict(collections.Counter)
    total = collections.Counter()
    known = collections.Counter()
    for path, (status, text) in zip(cases, results):
        name = operator(path) if path.parent.name == "node" else f"({path.parent.name})"
        table[name][status] += 1
        total[status] += 1
        if name in EXPECTED:
            known[status] += 1
        if status != "passed" and options.list:
            print(f"{status} {name} {path.name}: {text}")
    print(f"{'operator':<28}{'passed':>8}{'failed':>8}{'unsupported':>13}")
    for name in sorted(table):
        row = table[name]
        print(f"{name:<28}{row['passed']:>8}{row['failed']:>8}{row['unsupported']:>13}")
    print(f"{'all':<28}{total['passed']:>8}{total['failed']:>8}{total['unsupported']:>13}")
    count = sum(known.values())
    if count:
        print(f"operators of segmentation networks: {known['passed']} of {count} passed ({100 * known['passed'] / count:.1f} %)")
    unknown = [path.name for path, (status, _) in zip(cases, results) if status == "failed" and path.name not in KNOWN]
    if unknown:
        raise SystemExit(f"error: {len(unknown)} cases failed: " + ", ".join(unknown[:10]))


main()
