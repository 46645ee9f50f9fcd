large32_double_rgb8.vrt
-m
largest_of_3.onnx
