GTIFF_DIR:2:pages.tif
-m
largest_of_3.onnx
