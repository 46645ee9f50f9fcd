GTIFF_DIR:1:pages.tif
-m
largest_of_3.onnx
