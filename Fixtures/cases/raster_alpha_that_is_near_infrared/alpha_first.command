alpha_first.tif
-m
largest_of_3.onnx
