marked.vrt
-m
largest_of_3.onnx
