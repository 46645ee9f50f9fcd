built.vrt
-m
largest_of_3.onnx
-b
3,2,1
