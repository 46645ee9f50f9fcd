rgb8_infrared16.vrt
-m
largest_of_3.onnx
