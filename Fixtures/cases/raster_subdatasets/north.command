GPKG:two.gpkg:north
-m
largest_of_3.onnx
-b
1,2,3
