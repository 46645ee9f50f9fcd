masked.tif
-m
largest_of_3.onnx
