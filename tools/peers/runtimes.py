"""The peers. Each is a function of the case's path stem and the threads that gives a name with version, and a function
from an NCHW float32 image to NCHW scores."""

import importlib.metadata
import os

import numpy as np


def onnxruntime(stem, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = ort.InferenceSession(stem + ".onnx", options, providers=["CPUExecutionProvider"])
    return f"ONNX Runtime {ort.__version__}", lambda x: session.run(None, {"image": x})[0]


def openvino(precision):
    def load(stem, threads):
        import openvino as ov

        settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision,
                    "PERFORMANCE_HINT": "LATENCY"}
        core = ov.Core()
        request = core.compile_model(core.read_model(stem + ".onnx"), "CPU", settings).create_infer_request()
        return (f"OpenVINO {ov.__version__.split('-')[0]} {precision}",
                lambda x: request.infer({0: x}, share_inputs=True, share_outputs=True)[0])
    return load


def ncnn(stem, threads):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    net.opt.use_bf16_storage = False
    if net.load_param(stem + ".ncnn.param") != 0 or net.load_model(stem + ".ncnn.bin") != 0:
        raise RuntimeError("ncnn cannot load what pnnx made of the network")

    def run(x):
        with net.create_extractor() as extractor:
            extractor.input("in0", ncnn.Mat(x[0]))
            return np.array(extractor.extract("out0")[1])[None]
    return f"ncnn {ncnn.__version__}", run


def mnn(stem, threads):
    import MNN.expr
    import MNN.nn

    if not os.path.exists(stem + ".mnn"):
        raise RuntimeError("mnnconvert made nothing of the network")
    manager = MNN.nn.create_runtime_manager(({"backend": "CPU", "precision": "high", "numThread": threads},))
    net = MNN.nn.load_module_from_file(stem + ".mnn", ["image"], ["scores"], runtime_manager=manager)

    def run(x):
        value = MNN.expr.placeholder(list(x.shape), MNN.expr.NCHW)
        value.write(x)
        result = net.forward([value])
        result = result[0] if isinstance(result, (list, tuple)) else result
        # Of whatever layout the last layer had.
        return np.array(MNN.expr.convert(result, MNN.expr.NCHW).read()).reshape(x.shape[:1] + (-1,) + x.shape[2:])
    return f"MNN {importlib.metadata.version('MNN')}", run


PEERS = {"ncnn": ncnn, "mnn": mnn, "onnxruntime": onnxruntime, "openvino_f32": openvino("f32"),
         "openvino_bf16": openvino("bf16")}
