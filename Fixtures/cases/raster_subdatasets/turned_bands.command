vrt://pages.tif?bands=3,2,1
-m
largest_of_3.onnx
