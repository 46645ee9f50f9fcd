rgb8_height32.vrt
-m
largest_of_3.onnx
