scaled.vrt
-m
largest_of_3.onnx
--unscale
