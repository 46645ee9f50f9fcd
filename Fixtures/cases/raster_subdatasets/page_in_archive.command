GTIFF_DIR:2:/vsizip/pages.zip/in/pages.tif
-m
largest_of_3.onnx
