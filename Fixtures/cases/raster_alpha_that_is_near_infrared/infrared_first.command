rgbn.tif
-m
largest_of_3.onnx
-b
4,1,2
--ignore-alpha
