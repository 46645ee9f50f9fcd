rgbn.tif
-m
largest_of_4.onnx
--ignore-alpha
